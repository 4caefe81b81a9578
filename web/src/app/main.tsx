import { createRoot } from 'react-dom/client';
import '../ui/tokens.css';
import { App } from './App';
import { watchInstaller } from './install';
import { startPreferences } from './preferences';
import { startWorker, watchNotifications } from './worker';

const root = document.getElementById('app');
if (root !== null) void startPreferences().then(() => createRoot(root).render(<App />));

watchInstaller();
watchNotifications();
if (import.meta.env.PROD) void startWorker().catch(() => {}); // without it the page needs the server to open

import { createRoot } from 'react-dom/client';
import '../ui/tokens.css';
import { App } from './App';
import { startPreferences } from './preferences';

const root = document.getElementById('app');
if (root !== null) void startPreferences().then(() => createRoot(root).render(<App />));

if ('serviceWorker' in navigator && import.meta.env.PROD) {
  navigator.serviceWorker.register('/sw.js').catch(() => {}); // without it the page needs the server to open
}

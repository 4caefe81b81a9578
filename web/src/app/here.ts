// Where this device is, by the browser; or what to do when it does not say.
import { t } from '../ui/text';

export interface Here {
  readonly latitude: number;
  readonly longitude: number;
}

const kWaitMs = 20_000;

export function whereAmI(): Promise<Here> {
  const { geolocation } = navigator;
  if (!window.isSecureContext || geolocation === undefined) return Promise.reject(new Error(t('here_insecure')));
  return new Promise((found, failed) => {
    geolocation.getCurrentPosition(
      ({ coords: { latitude, longitude } }) => found({ latitude, longitude }),
      ({ code }) => failed(new Error(t(code === 1 ? 'here_denied' : code === 3 ? 'here_slow' : 'here_unknown'))),
      { enableHighAccuracy: true, timeout: kWaitMs, maximumAge: 60_000 },
    );
  });
}

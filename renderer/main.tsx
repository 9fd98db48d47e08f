import '@mantine/core/styles.css';
import '@mantine/notifications/styles.css';
import '@mantine/spotlight/styles.css';
import 'uplot/dist/uPlot.min.css';
import './theme/tokens.css';
import './theme/global.css';
import { createRoot } from 'react-dom/client';
import { App } from './shell/app.tsx';
import { start } from './start.ts';
import { ThemeProvider } from './theme/provider.tsx';

start();
const root = document.getElementById('root');
if (root === null) throw new Error('the page has no #root');
createRoot(root).render(
  <ThemeProvider>
    <App />
  </ThemeProvider>,
);

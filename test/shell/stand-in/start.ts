import { register } from 'node:module';

/**
 * The entry of the process: `node start.js MAIN [HOST]` loads MAIN with the stand-in for `electron`, and HOST,
 * if given, for the app's host. As Electron does, it is ready when the main module has been evaluated.
 */
const [main = '', host = ''] = process.argv.slice(2);
const standIn = new URL('./electron.js', import.meta.url).href;
const hooks = `
  export async function resolve(specifier, context, next) {
    if (specifier === 'electron') return { url: ${JSON.stringify(standIn)}, shortCircuit: true };
    const found = await next(specifier, context);
    const isHost = found.url.endsWith('/electron/host/app/app-host.js');
    return isHost && ${JSON.stringify(host)} !== '' ? { ...found, url: ${JSON.stringify(host)} } : found;
  }`;
register(`data:text/javascript,${encodeURIComponent(hooks)}`);

await import(main);
const { app } = (await import(standIn)) as typeof import('./electron.ts');
app.becomeReady();

/** Bundles the broker's exporter into one file, as its image runs it: `node exporter/mqtt/bundle.ts [outfile]`. */
import { fileURLToPath } from 'node:url';
import { bundleProgram } from '../bundle.ts';

/** Writes the bundle and answers its path. */
export const bundleMqttExporter = (outfile = 'dist/mosquitto-exporter.mjs'): Promise<string> =>
  bundleProgram(fileURLToPath(new URL('./main.ts', import.meta.url)), outfile);

if (import.meta.main) console.log(await bundleMqttExporter(process.argv[2]));

/** Prints how many milliseconds the import of one module takes in this process, which has imported nothing else. */
import { pathToFileURL } from "node:url";

const [module = ""] = process.argv.slice(2);
const start = performance.now();
await import(pathToFileURL(module).href);
process.stdout.write(String(performance.now() - start));
// What the module may have opened is not waited for.
process.exit();

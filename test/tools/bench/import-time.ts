// Prints the milliseconds that importing a module takes in a process without other imports.
import { pathToFileURL } from "node:url";

const [module = ""] = process.argv.slice(2);
const start = performance.now();
await import(pathToFileURL(module).href);
process.stdout.write(String(performance.now() - start));
// The module may have opened handles that would keep the process running.
process.exit();

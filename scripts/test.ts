/** `npm test [-- vitest arguments]`: the pure ring and the package ring. `npm test -- --project unit` is the fast one. */
import { run } from './run.ts'

process.exitCode = await run('vitest', ['run', ...process.argv.slice(2)])

/** `npm run fix [-- PATH…]`: what the linter can mend, then the format, then the generated docs. */
import { run } from './run.ts'

const paths = process.argv.slice(2)
const codes = [await run('oxlint', ['--fix', ...paths]), await run('oxfmt', paths), await run('scripts/docs.ts', [])]
process.exitCode = codes.some((code) => code !== 0) ? 1 : 0

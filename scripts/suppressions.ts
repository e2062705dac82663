/** A rule may be silenced, but not without saying why: `// oxlint-disable-next-line RULE -- the reason`. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { sourceFiles } from './sourceFiles.ts'
import { ROOT } from './run.ts'

const DIRECTIVE = /(?:\/\/|\/\*)\s*oxlint-disable/
const WITH_REASON = /oxlint-disable(?:-next-line|-line)?\s+[\w/@,\s-]+?\s--\s+\S{3,}/

const bare = sourceFiles().flatMap((file) =>
  readFileSync(join(ROOT, file), 'utf8')
    .split('\n')
    .flatMap((line, index) =>
      DIRECTIVE.test(line) && !WITH_REASON.test(line) ? [`${file}:${index + 1}: ${line.trim()}`] : [],
    ),
)
for (const line of bare) console.error(line)
if (bare.length > 0) console.error('Each of these silences a rule without naming it or without a reason after `--`.')
process.exitCode = bare.length === 0 ? 0 : 1

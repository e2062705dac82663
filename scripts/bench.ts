/** `npm run bench -- NAME|all`: each benchmark is a folder `bench/NAME` with a `main.ts`; it prints one JSON line with its
 * peer, the ratio and whether the bar holds, and exits non-zero only when it could not measure. */
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { prepareCluster } from './e2e/prepareCluster.ts'
import { ROOT, run } from './run.ts'

const [wanted = '', ...rest] = process.argv.slice(2)
const names = readdirSync(join(ROOT, 'bench')).filter((name) => existsSync(join(ROOT, 'bench', name, 'main.ts')))

if (wanted === 'all' || names.includes(wanted)) {
  const broken: string[] = []
  for (const name of wanted === 'all' ? names : [wanted]) {
    const prepared = name.startsWith('cluster') ? await prepareCluster(process.env) : { env: {} }
    if ('notRun' in prepared) console.error(`${name} NOT MEASURED: ${prepared.notRun}`)
    else if ((await run(`bench/${name}/main.ts`, rest, prepared.env)) !== 0) broken.push(name)
  }
  if (broken.length > 0) console.error(`Could not measure: ${broken.join(', ')}`)
  process.exitCode = broken.length === 0 ? 0 : 1
} else {
  console.error(`Say which benchmark: npm run bench -- ${['all', ...names].join(' | ')}`)
  process.exitCode = 2
}

/** Run by a test as an ordinary user: a sandbox from start to removal; prints what came of it. */
import { readdir } from 'node:fs/promises'
import { until } from '@errand/testkit'
import { makePlace } from '../sandboxes.ts'

const place = await makePlace()
const executor = place.executor()
const runId = await place.start(
  executor,
  `sh('sleep 60 >/dev/null 2>&1 & mkdir -p /workspace/shut/x; chmod 0 /workspace/shut');
   const environ = sh("node -e 'try { fs.readFileSync(\\"/proc/" + process.pid + "/environ\\"); console.log(\\"read\\") } catch (e) { console.log(e.code) }'")
   console.log(JSON.stringify({ pid: process.pid, environ, uid: process.getuid() })); forever()`,
)
const printed = await until(async () => (await place.printed(runId)).trim() || null)
const { limits } = await executor.start({
  runId,
  token: '',
  gatewayFolder: place.gatewayFolder,
  limits: { memoryMib: 512, cpus: 1, pids: 100 },
})
await executor.kill(runId)
const seen = await executor.look(runId)
await executor.remove(runId)
await executor.close()
const left = (await readdir(place.folder)).filter((name) => name.startsWith('.gone-') || name === runId)
await place.close()
process.stdout.write(JSON.stringify({ limits, printed: JSON.parse(printed) as unknown, seen, left }))

/** The peer in a process of its own: `hop.ts SOCKET PORT`. */
import { startHop } from '../llmFirstByte/hop.ts'

const [socketPath = '', port] = process.argv.slice(2)
await startHop({ socketPath, upstreamPort: Number(port) })
process.stdout.write('{}\n')

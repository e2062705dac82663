/**
 * A process with an embedded Postgres that writes rows until it is killed: `node writer.ts <folder> <first>`. Prints
 * `ready` and each number once its row is acknowledged. On SIGTERM it exits without stopping Postgres itself.
 */
import { createLogger } from '@errand/observe'
// Not the package's entry: what this program does not use would take most of its start.
import { openDatabase } from '../../database.ts'
import { startPostgres } from '../../embedded/startPostgres.ts'

const [, , folder = '', first = '0'] = process.argv
const log = createLogger({ name: 'writer', level: 'info', stream: process.stderr })
const { url } = await startPostgres({ folder, log })
const db = openDatabase({ url, log, name: 'writer' })
await db.pool.query('create table if not exists written (n int primary key)')
process.stdout.write('ready\n')
process.once('SIGTERM', () => process.exit(0))

const insert = { name: 'write', text: 'insert into written values ($1) on conflict do nothing' }
for (let n = Number(first); ; n += 1) {
  // A lost connection leaves it open whether the row is there: the same number is written again until it is answered.
  while (!(await acknowledged(n)));
  process.stdout.write(`${n}\n`)
}

async function acknowledged(n: number): Promise<boolean> {
  return db.affected(insert, [n]).then(
    () => true,
    () => false,
  )
}

/**
 * A gateway process that needs a token, and is killed by the kernel at a step of the refresh. It says that it is there,
 * begins when it is told the time and the step, and writes the token if it gets that far.
 */
import { createInterface } from 'node:readline/promises'
import { type BenchPlace, oauthBench } from './oauthBench.ts'

const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]()
process.stdout.write('here\n')
const told = JSON.parse((await lines.next()).value ?? '') as { place: BenchPlace; offsetMs: number; dieAt: string }
const bench = oauthBench(told.place, {
  now: () => new Date(Date.now() + told.offsetMs),
  onStep: (step) => {
    if (step === told.dieAt) process.kill(process.pid, 'SIGKILL')
  },
})
const { token } = await bench.oauth.accessToken(bench.which)
process.stdout.write(`${token.reveal()}\n`)
await bench.close()
process.exit(0)

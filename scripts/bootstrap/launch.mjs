import { spawn } from 'node:child_process'
import { constants } from 'node:os'
import { delimiter, dirname } from 'node:path'
import { NODE } from './paths.mjs'

const SAME_PRESS_MS = 400
const FORWARDED = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT', 'SIGUSR2']

/**
 * Starts the real program on Node 24 and becomes it as far as one can see: its terminal, its signals, its exit code.
 * It leads its own process group: one Ctrl-C reaches it once (npm and the terminal would each deliver their own), a
 * third kills the group, and whatever of the group outlives it is ended here.
 */
export function launch(args) {
  // Before it is there: a signal in the moment of its start must not end us alone.
  forwardSignals(() => child)
  const child = spawn(NODE, args, {
    cwd: process.cwd(),
    detached: true,
    stdio: 'inherit',
    env: { ...process.env, PATH: `${dirname(NODE)}${delimiter}${process.env.PATH ?? ''}` },
  })
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('exit', (code, signal) => {
      signalGroup(child, 'SIGTERM')
      resolve(signal === null ? (code ?? 1) : 128 + constants.signals[signal])
    })
  })
}

function forwardSignals(theChild) {
  let interrupts = 0
  const last = new Map()
  for (const signal of FORWARDED) {
    process.on(signal, () => {
      const now = performance.now()
      if (now - (last.get(signal) ?? -Infinity) < SAME_PRESS_MS) return
      last.set(signal, now)
      if (signal === 'SIGINT') interrupts += 1
      if (interrupts >= 3) return signalGroup(theChild(), 'SIGKILL')
      // A closed terminal asks for the same orderly end as a service manager does.
      theChild().kill(signal === 'SIGHUP' ? 'SIGTERM' : signal)
    })
  }
}

function signalGroup(child, signal) {
  try {
    process.kill(-child.pid, signal)
  } catch (error) {
    if (error.code !== 'ESRCH') throw error
  }
}

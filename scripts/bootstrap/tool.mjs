import { spawn, spawnSync } from 'node:child_process'
import { accessSync, constants as access } from 'node:fs'
import { constants } from 'node:os'
import { delimiter, join } from 'node:path'

/** Runs a tool to its end without a terminal and gives back everything it said. Never throws on a bad exit code. */
export function runTool(file, args, { cwd, env = {}, timeoutMs = 900_000 } = {}) {
  return new Promise((resolve) => {
    // Before it is there: a signal in the moment of its start must not leave it behind.
    const release = endWithUs(() => child)
    const child = spawn(file, args, { cwd, env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] })
    const timer = setTimeout(() => child.kill('SIGKILL'), timeoutMs)
    let output = ''
    const collect = (chunk) => {
      output += chunk
    }
    child.stdout.on('data', collect)
    child.stderr.on('data', collect)
    child.on('error', (error) => {
      release()
      clearTimeout(timer)
      resolve({ code: 127, output: `${output}${error.message}` })
    })
    child.on('close', (code, signal) => {
      release()
      clearTimeout(timer)
      resolve({ code: code ?? 1, output: signal === null ? output : `${output}\nended by ${signal}` })
    })
  })
}

/** A setup that is interrupted takes its package manager with it, instead of leaving it writing into the clone. */
function endWithUs(theChild) {
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP']
  const end = (signal) => {
    theChild().kill('SIGTERM')
    process.exit(128 + constants.signals[signal])
  }
  for (const signal of signals) process.on(signal, end)
  return () => {
    for (const signal of signals) process.off(signal, end)
  }
}

/** Is it on PATH? Asks the file system only: starting a process would cost more than the whole warm start. */
export function isOnPath(name) {
  return (process.env.PATH ?? '').split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, name), access.X_OK)
      return folder !== ''
    } catch {
      return false
    }
  })
}

/** The registry this machine's npm is set to: asked, never assumed. */
export function configuredRegistry() {
  const asked = spawnSync('npm', ['config', 'get', 'registry'], { encoding: 'utf8', timeout: 10_000 })
  return asked.stdout?.trim() || 'the one npm is set to'
}

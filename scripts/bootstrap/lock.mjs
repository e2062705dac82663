import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { SetupError } from './fail.mjs'
import { TOOLCHAIN } from './paths.mjs'
import { note } from './progress.mjs'

const LOCK = join(TOOLCHAIN, 'lock')
const WAIT_MS = 15 * 60_000

/**
 * One setup at a time in one clone. The lock names its owner (pid and start time, because pids are reused), so that
 * one left behind by a killed process is recognised and taken over.
 */
export async function withLock(work) {
  mkdirSync(TOOLCHAIN, { recursive: true })
  await acquire()
  const release = () => rmSync(LOCK, { force: true })
  process.on('exit', release)
  try {
    return await work()
  } finally {
    release()
    process.off('exit', release)
  }
}

async function acquire() {
  const deadline = Date.now() + WAIT_MS
  for (let hasSaid = false; !tryAcquire(); hasSaid = true) {
    const owner = read(LOCK)
    if (owner === '') continue
    if (!isAlive(owner)) {
      clearStale(owner)
      continue
    }
    if (Date.now() > deadline)
      throw new SetupError(
        'lockTimeout',
        `Another setup (process ${owner.split(' ')[0]}) has held ${LOCK} for 15 minutes: end it and run the command again.`,
      )
    if (!hasSaid) note(`… waiting for another setup in this folder (process ${owner.split(' ')[0]})`)
    await new Promise((wake) => setTimeout(wake, 150))
  }
}

/** link() is atomic and refuses an existing name, so the lock never exists without its owner written in it. */
function tryAcquire() {
  const mine = `${LOCK}.${process.pid}`
  writeFileSync(mine, `${process.pid} ${startTime(process.pid)}`)
  try {
    linkSync(mine, LOCK)
    return true
  } catch (error) {
    if (error.code === 'EEXIST') return false
    throw error
  } finally {
    rmSync(mine, { force: true })
  }
}

/** Moved away before it is looked at again: of two waiters that saw the same dead owner, one may already hold a new lock. */
function clearStale(owner) {
  const aside = `${LOCK}.stale.${process.pid}`
  try {
    renameSync(LOCK, aside)
    if (read(aside) !== owner) linkSync(aside, LOCK)
  } catch (error) {
    if (error.code !== 'ENOENT' && error.code !== 'EEXIST') throw error
  } finally {
    rmSync(aside, { force: true })
  }
}

function isAlive(owner) {
  const [pid, began] = owner.split(' ')
  return startTime(Number(pid)) === began
}

/** Field 22 of /proc/<pid>/stat, counted after the command's closing bracket; '' when there is no such process. */
function startTime(pid) {
  const stat = read(`/proc/${pid}/stat`)
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? ''
}

function read(path) {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if (error.code === 'ENOENT' || error.code === 'ESRCH') return ''
    throw error
  }
}

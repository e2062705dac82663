import { Fault } from '@errand/contracts'
import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

export interface DataLock {
  release(): void
}

/**
 * One Errand on one data folder. The lock file names its holder by boot, pid and start time (pids are reused), so one
 * that was left by a killed process is recognised and taken over; no timeout is involved.
 * Throws `start.second-instance` while another process holds it.
 */
export function lockDataFolder(folder: string): DataLock {
  const file = join(folder, 'lock')
  const mine = holderOf(process.pid)
  // Each turn either gets the lock, meets a living holder or removes one dead holder.
  for (;;) {
    if (tryLock(file, mine)) return { release: () => rmSync(file, { force: true }) }
    const holder = read(file)
    if (holder === '') continue
    if (isAlive(holder)) throw secondInstance(folder, holder)
    removeDead(file, holder)
  }
}

/** Throws `start.second-instance` when a living process holds the lock. Makes nothing: the folder may not even be there. */
export function refuseSecondInstance(folder: string): void {
  const holder = read(join(folder, 'lock'))
  if (holder !== '' && isAlive(holder)) throw secondInstance(folder, holder)
}

/** link() is atomic and refuses an existing name: the lock is never there without its holder in it. */
function tryLock(file: string, mine: string): boolean {
  const fresh = `${file}.${process.pid}`
  writeFileSync(fresh, mine, { mode: 0o600 })
  try {
    linkSync(fresh, file)
    return true
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false
    throw error
  } finally {
    rmSync(fresh, { force: true })
  }
}

/** Moved away before it is read again: of two that saw the same dead holder, one may already hold a new lock. */
function removeDead(file: string, holder: string): void {
  const aside = `${file}.dead.${process.pid}`
  try {
    renameSync(file, aside)
    if (read(aside) !== holder) linkSync(aside, file)
  } catch (error) {
    if (codeOf(error) !== 'ENOENT' && codeOf(error) !== 'EEXIST') throw error
  } finally {
    rmSync(aside, { force: true })
  }
}

function secondInstance(folder: string, holder: string): Fault {
  return new Fault('start.second-instance', `Process ${holder.split(' ')[1]} has ${folder}.`)
}

function isAlive(holder: string): boolean {
  return holderOf(Number(holder.split(' ')[1])) === holder
}

/** `<boot id> <pid> <start time>`; a process that is not there has no start time, so its name equals no lock's. */
function holderOf(pid: number): string {
  const stat = read(`/proc/${pid}/stat`)
  // Field 22, counted after the command's closing bracket: the command itself may hold anything.
  const startTime = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? ''
  return `${read('/proc/sys/kernel/random/boot_id').trim()} ${pid} ${startTime}`
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ESRCH' || codeOf(error) === 'ENOTDIR') return ''
    throw error
  }
}

function codeOf(error: unknown): unknown {
  return error instanceof Error ? Reflect.get(error, 'code') : undefined
}

import { execFile } from 'node:child_process'
import { lchown, readdir, readFile, stat } from 'node:fs/promises'
import { userInfo } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { Fault } from '@errand/contracts'

/** Postgres refuses to run as root; this is who it runs as, and how a command is started as that user. */
export interface Account {
  /** Put before the command and its arguments. */
  readonly prefix: readonly string[]
  /** The user that must own Postgres' files; undefined: whoever runs us. */
  readonly user: { readonly uid: number; readonly gid: number } | undefined
}

/** Nothing of our own environment reaches Postgres: it may hold secrets, and LC_* would change how it sorts. */
export const CLEAN_ENV = {
  PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
  LC_ALL: 'C',
  TZ: 'UTC',
}

const run = promisify(execFile)

/**
 * As root: a user namespace in which root's own files belong to another user, so no user is created and nothing is
 * copied. The same for a user without a name, as containers with a uid of their own have: initdb wants one. Where namespaces are blocked (Docker's default seccomp profile): a user of the machine, which must then be able to
 * reach the data folder.
 */
export async function postgresAccount(): Promise<Account> {
  const isRoot = process.getuid?.() === 0
  if (!isRoot && hasName()) return { prefix: [], user: undefined }
  const users = await namedUsers()
  const [first] = users
  if (first !== undefined) {
    const prefix = ['unshare', '--user', `--map-user=${first.uid}`, `--map-group=${first.gid}`, '--']
    if (await works([...prefix, 'true'])) return { prefix, user: isRoot ? { uid: 0, gid: 0 } : undefined }
  }
  if (!isRoot) {
    throw new Fault(
      'start.database-unreachable',
      `Postgres needs a user with a name, and ${process.getuid?.()} has none in /etc/passwd nor may it make a user ` +
        'namespace here: add a line for it, start Errand as a user that has one, or set DATABASE_URL.',
    )
  }
  for (const name of ['postgres', 'nobody']) {
    const user = users.find((one) => one.name === name)
    if (user === undefined) continue
    const { uid, gid } = user
    const prefix = ['setpriv', `--reuid=${uid}`, `--regid=${gid}`, '--clear-groups', '--']
    if (await works([...prefix, 'true'])) return { prefix, user: { uid, gid } }
  }
  throw new Fault(
    'start.database-unreachable',
    'Postgres does not run as root, and neither a user namespace nor another user can be had here: ' +
      'start Errand as an ordinary user, or set DATABASE_URL.',
  )
}

function hasName(): boolean {
  try {
    userInfo()
    return true
  } catch (error) {
    // That of a user without an entry; anything else is not about it.
    if ((error as NodeJS.ErrnoException).code === 'ERR_SYSTEM_ERROR') return false
    throw error
  }
}

/** Everybody of this machine but root. */
async function namedUsers(): Promise<{ readonly name: string; readonly uid: number; readonly gid: number }[]> {
  const lines = (await readFile('/etc/passwd', 'utf8')).split('\n')
  return lines.flatMap((line) => {
    const [name = '', , uid = '', gid = ''] = line.split(':')
    return Number(uid) > 0 && Number(gid) > 0 ? [{ name, uid: Number(uid), gid: Number(gid) }] : []
  })
}

async function works([command = '', ...args]: readonly string[]): Promise<boolean> {
  return run(command, args, { env: CLEAN_ENV }).then(
    () => true,
    () => false,
  )
}

/**
 * Gives the folder and all in it to the account, and proves that it gets there: another user is stopped by any folder
 * above that only root may enter.
 */
export async function admit(account: Account, folder: string): Promise<void> {
  await giveTo(account, folder)
  const isOurOwn = account.user === undefined || account.user.uid === 0
  if (isOurOwn || (await works([...account.prefix, 'test', '-w', folder]))) return
  throw new Fault(
    'start.folder-unwritable',
    `Postgres does not run as root, and the user it runs as here cannot reach ${folder}: ` +
      'set ERRAND_DATA_DIR to a folder below one that every user may enter, for example /var/lib/errand.',
  )
}

/** Gives a file or folder to the account when it is somebody else's: after a move between machines, or with namespaces gone. */
export async function giveTo(account: Account, path: string): Promise<void> {
  if (account.user === undefined) return
  const { uid, gid } = account.user
  const owner = await stat(path)
  if (owner.uid === uid) return
  const entries = owner.isDirectory() ? await readdir(path, { recursive: true, withFileTypes: true }) : []
  for (const entry of entries) await lchown(join(entry.parentPath, entry.name), uid, gid)
  await lchown(path, uid, gid)
}

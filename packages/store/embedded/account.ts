import { execFile } from 'node:child_process'
import { lchown, readdir, readFile, stat } from 'node:fs/promises'
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
const NAMESPACE = ['unshare', '--user', '--map-user=1000', '--map-group=1000', '--']

/**
 * As root: a user namespace in which root's own files belong to user 1000, so no user is created and nothing is copied.
 * Where namespaces are blocked (Docker's default seccomp profile): a user of the machine, which must then be able to
 * reach the data folder.
 */
export async function postgresAccount(): Promise<Account> {
  if (process.getuid?.() !== 0) return { prefix: [], user: undefined }
  if (await works([...NAMESPACE, 'true'])) return { prefix: NAMESPACE, user: { uid: 0, gid: 0 } }
  const passwd = await readFile('/etc/passwd', 'utf8')
  for (const name of ['postgres', 'nobody']) {
    const [, , uid, gid] =
      passwd
        .split('\n')
        .find((line) => line.startsWith(`${name}:`))
        ?.split(':') ?? []
    if (uid === undefined || gid === undefined) continue
    const prefix = ['setpriv', `--reuid=${uid}`, `--regid=${gid}`, '--clear-groups', '--']
    if (await works([...prefix, 'true'])) return { prefix, user: { uid: Number(uid), gid: Number(gid) } }
  }
  throw new Fault(
    'start.database-unreachable',
    'Postgres does not run as root, and neither a user namespace nor another user can be had here: ' +
      'start Errand as an ordinary user, or set DATABASE_URL.',
  )
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

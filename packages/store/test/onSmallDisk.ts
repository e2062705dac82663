import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { testFolder } from '@errand/testkit'

interface SmallDisk {
  readonly sizeMib: number
  readonly script: string
  readonly isReadOnly?: boolean
}

/**
 * Runs an ES module in a process of its own that sees a small tmpfs; its path is `process.argv[1]`. Gives the JSON of
 * the last line it prints. The disk exists only in that process's mount namespace.
 */
export async function onSmallDisk({ sizeMib, script, isReadOnly = false }: SmallDisk): Promise<unknown> {
  const folder = await testFolder('small')
  const shell = `mount -t tmpfs -o size=${sizeMib}m,${isReadOnly ? 'ro' : 'rw'} none "$1" && exec "$2" --input-type=module --eval "$3" "$1"`
  const namespaces = ['--user', '--map-root-user', '--mount', 'sh', '-c', shell, 'sh', folder, process.execPath, script]
  const { stdout } = await promisify(execFile)('unshare', namespaces, { cwd: import.meta.dirname, timeout: 25_000 })
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '')
}

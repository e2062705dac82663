import { belowReaper } from '@errand/contracts'
import { AGENT_ID, INSIDE, PATH_INSIDE } from '../layout.ts'

/** Where the pieces of one sandbox are as bwrap finds them, which runs as an unprivileged user. */
export interface Pieces {
  readonly workspace: string
  readonly home: string
  readonly tmp: string
  readonly etc: string
  readonly gatewayFolder: string
  readonly node: string
  readonly claude: string
  readonly runnerNode: string
  readonly program: string
  readonly programInside: string
  readonly oomFile: string | null
  /** Where inside another root lies. */
  readonly image: string | null
  readonly mounts: readonly { readonly source: string; readonly target: string }[]
}

/** Of the system's /etc only what programs cannot work without and what says nothing about this machine. */
const FROM_ETC = ['alternatives', 'ssl', 'ca-certificates', 'pki', 'ld.so.cache', 'ld.so.conf', 'ld.so.conf.d']
/** Written by us: a user to be, no name service but the files. */
export const OWN_ETC = ['passwd', 'group', 'hosts', 'nsswitch.conf'] as const

const ENV: Readonly<Record<string, string>> = {
  PATH: PATH_INSIDE,
  HOME: INSIDE.home,
  USER: 'agent',
  LOGNAME: 'agent',
  SHELL: '/bin/bash',
  LANG: 'C.UTF-8',
  TMPDIR: '/tmp',
}

/** The wall, as bwrap's command line. Pure. Descriptor 3 gets the pid inside, 4 holds the seccomp program. */
export function bwrapArguments(pieces: Pieces, { hasSeccomp }: { hasSeccomp: boolean }): readonly string[] {
  return [
    ...NAMESPACES,
    ...Object.entries(ENV).flatMap(([name, value]) => ['--setenv', name, value]),
    ...SYSTEM,
    ...FROM_ETC.flatMap((name) => ['--ro-bind-try', `/etc/${name}`, `/etc/${name}`]),
    ...OWN_ETC.flatMap((name) => ['--ro-bind', `${pieces.etc}/${name}`, `/etc/${name}`]),
    ...['--proc', '/proc', '--dev', '/dev', '--tmpfs', '/dev/shm', '--remount-ro', '/dev'],
    ...['--bind', pieces.tmp, '/tmp', '--dir', '/var', '--symlink', '/tmp', '/var/tmp'],
    ...['--bind', pieces.workspace, INSIDE.workspace, '--bind', pieces.home, INSIDE.home],
    ...['--ro-bind', pieces.gatewayFolder, INSIDE.gatewayFolder],
    ...['--ro-bind', pieces.node, INSIDE.node, '--ro-bind', pieces.claude, INSIDE.claude],
    ...['--ro-bind', pieces.runnerNode, INSIDE.runnerNode, '--ro-bind', pieces.program, pieces.programInside],
    ...(pieces.oomFile === null ? [] : ['--ro-bind', pieces.oomFile, INSIDE.oomFile]),
    ...pieces.mounts.flatMap(({ source, target }) => ['--ro-bind', source, target]),
    ...(pieces.image === null ? [] : imageArguments(pieces.image, pieces)),
    // Last: until here bwrap itself makes the folders that the lines above name.
    ...['--remount-ro', '/', '--chdir', INSIDE.workspace, '--cap-drop', 'ALL', '--info-fd', '3'],
    ...(pieces.image === null ? [] : ['--cap-add', 'CAP_SYS_CHROOT']),
    ...(hasSeccomp ? ['--seccomp', '4'] : []),
    ...['--', ...belowReaper([INSIDE.runnerNode, pieces.programInside])],
  ]
}

/** What every root has, in one that is an image's; whoever made it left folders for that. */
function imageArguments(root: string, { tmp, home, etc }: Pieces): readonly string[] {
  return [
    ...['--proc', `${root}/proc`, '--dev', `${root}/dev`, '--tmpfs', `${root}/dev/shm`, '--remount-ro', `${root}/dev`],
    ...['--bind', tmp, `${root}/tmp`, '--bind', home, `${root}${INSIDE.home}`],
    ...['--ro-bind', `${etc}/hosts`, `${root}/etc/hosts`],
  ]
}

/**
 * `--disable-userns` (it needs `--unshare-user` spelled out) takes away what a process could reach of the kernel through
 * a user namespace of its own. `--as-pid-1`: the runner's reaper is init, ends with it, and its end is everybody's.
 */
const NAMESPACES = [
  ...['--unshare-all', '--unshare-user', '--disable-userns', '--die-with-parent', '--new-session', '--as-pid-1'],
  ...['--uid', String(AGENT_ID), '--gid', String(AGENT_ID), '--hostname', 'sandbox', '--clearenv'],
]

const SYSTEM = [
  ...['--ro-bind', '/usr', '/usr'],
  ...['bin', 'sbin', 'lib', 'lib64', 'lib32'].flatMap((name) => ['--symlink', `usr/${name}`, `/${name}`]),
]

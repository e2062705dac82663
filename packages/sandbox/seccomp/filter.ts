import { allow, assemble, failWith, type Instruction, loadArchitecture, loadArgument, loadNumber } from './bpf.ts'
import { whenAtLeast, whenEqual, whenNotEqual } from './bpf.ts'

/**
 * What no coding agent needs and through which kernels were broken: after the lists of Flatpak and of container engines.
 * Numbers per architecture: [x64, arm64]; null where a call does not exist.
 */
const REFUSED: Readonly<Record<string, readonly [number | null, number | null]>> = {
  // Other processes.
  ptrace: [101, 117],
  process_vm_readv: [310, 270],
  process_vm_writev: [311, 271],
  kcmp: [312, 272],
  pidfd_getfd: [438, 438],
  // Parts of the kernel with a long list of holes.
  bpf: [321, 280],
  perf_event_open: [298, 241],
  userfaultfd: [323, 282],
  add_key: [248, 217],
  request_key: [249, 218],
  keyctl: [250, 219],
  modify_ldt: [154, null],
  lookup_dcookie: [212, 18],
  fanotify_init: [300, 262],
  // Mounts and namespaces.
  mount: [165, 40],
  umount2: [166, 39],
  pivot_root: [155, 41],
  chroot: [161, 51],
  open_tree: [428, 428],
  move_mount: [429, 429],
  fsopen: [430, 430],
  fsconfig: [431, 431],
  fsmount: [432, 432],
  fspick: [433, 433],
  mount_setattr: [442, 442],
  unshare: [272, 97],
  setns: [308, 268],
  open_by_handle_at: [304, 265],
  // The machine itself.
  kexec_load: [246, 104],
  kexec_file_load: [320, 294],
  init_module: [175, 105],
  finit_module: [313, 273],
  delete_module: [176, 106],
  reboot: [169, 142],
  swapon: [167, 224],
  swapoff: [168, 225],
  acct: [163, 89],
  syslog: [103, 116],
  quotactl: [179, 60],
  quotactl_fd: [443, 443],
  iopl: [172, null],
  ioperm: [173, null],
  settimeofday: [164, 170],
  clock_settime: [227, 112],
  clock_adjtime: [305, 266],
  // Memory policy of other processes' pages.
  move_pages: [279, 239],
  migrate_pages: [256, 238],
}

/** As if the kernel were too old for it: programs then do without. It opens sockets past the rule on them, below. */
const UNKNOWN = { io_uring_setup: 425, io_uring_enter: 426, io_uring_register: 427 }

/** Unix, IPv4, IPv6, netlink. Not vsock, which leads from a virtual machine to its host past every network namespace. */
const SOCKET_FAMILIES = [1, 2, 10, 16]
/** Typing into the terminal that one shares with others. */
const TERMINAL_IOCTLS = { TIOCSTI: 0x5412, TIOCLINUX: 0x541c }

const EPERM = 1
const ENOSYS = 38
const EAFNOSUPPORT = 97

const ARCHITECTURES = {
  x64: { audit: 0xc000_003e, column: 0, socket: 41, ioctl: 16 },
  arm64: { audit: 0xc000_00b7, column: 1, socket: 198, ioctl: 29 },
} as const

/** Calls of the x32 variant, which the table does not name. */
const X32_BIT = 0x4000_0000

/** What it takes to have another root: see `StartSandbox.image`. Namespaces stay closed: there are no capabilities for them. */
export const FOR_ANOTHER_ROOT = ['chroot', 'unshare'] as const

/** The filter as bwrap's `--seccomp` takes it, or null on an architecture that we have no table for. */
export function seccompFilter(architecture: string, allowed: readonly string[] = []): Buffer | null {
  if (architecture !== 'x64' && architecture !== 'arm64') return null
  const { audit, column, socket, ioctl } = ARCHITECTURES[architecture]
  const refused = Object.entries(REFUSED).flatMap(([name, numbers]) =>
    allowed.includes(name) ? [] : (numbers[column] ?? []),
  )
  const families = SOCKET_FAMILIES.flatMap((family) => whenEqual(family, [allow]))
  const typing = Object.values(TERMINAL_IOCTLS).flatMap((request) => whenEqual(request, [failWith(EPERM)]))
  const program: readonly Instruction[] = [
    loadArchitecture,
    // 32-bit programs have numbers of their own.
    ...whenNotEqual(audit, [failWith(ENOSYS)]),
    loadNumber,
    ...(architecture === 'x64' ? whenAtLeast(X32_BIT, [failWith(ENOSYS)]) : []),
    ...refused.flatMap((number) => whenEqual(number, [failWith(EPERM)])),
    ...Object.values(UNKNOWN).flatMap((number) => whenEqual(number, [failWith(ENOSYS)])),
    ...whenEqual(socket, [loadArgument(0), ...families, failWith(EAFNOSUPPORT)]),
    ...whenEqual(ioctl, [loadArgument(1), ...typing, allow]),
    allow,
  ]
  return assemble(program)
}

/** What /proc says about cgroups: where each hierarchy is mounted, and where in it we are. */
export interface CgroupView {
  readonly v1Mounts: ReadonlyMap<string, string>
  readonly v1Paths: ReadonlyMap<string, string>
  readonly v2Mount: string | null
  readonly v2Path: string
}

/** Reads the text of /proc/mounts and /proc/self/cgroup. */
export function parseCgroupView(mounts: string, selfCgroup: string): CgroupView {
  const v1Mounts = new Map<string, string>()
  let v2Mount: string | null = null
  for (const line of mounts.split('\n')) {
    const [, target = '', type, options = ''] = line.split(' ')
    const folder = target.replaceAll(String.raw`\040`, ' ')
    if (type === 'cgroup2') v2Mount ??= folder
    if (type === 'cgroup') for (const option of options.split(',')) v1Mounts.set(option, folder)
  }
  const v1Paths = new Map<string, string>()
  let v2Path = '/'
  for (const line of selfCgroup.split('\n')) {
    const [, hierarchy, controllers, path] = /^(\d+):([^:]*):(.*)$/.exec(line) ?? []
    if (path === undefined) continue
    if (hierarchy === '0') v2Path = path
    else for (const name of (controllers ?? '').split(',')) v1Paths.set(name, path)
  }
  return { v1Mounts, v1Paths, v2Mount, v2Path }
}

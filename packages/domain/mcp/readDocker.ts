import { ociRef } from './packageRef.ts'
import { warning, type DraftNote } from './serverDraft.ts'

export interface DockerRun {
  readonly image: { readonly name: string; readonly version: string }
  readonly args: readonly string[]
  /** An empty value: the variable was handed over from the caller's environment. */
  readonly env: Readonly<Record<string, string>>
  readonly notes: readonly DraftNote[]
}

/** Flags of `docker run` that take a word, with what a person must know when one is left out here. */
const TAKES_A_WORD: Readonly<Record<string, string | null>> = {
  '-e': null,
  '--env': null,
  '--name': null,
  '--pull': null,
  '--platform': null,
  '--label': null,
  '-l': null,
  '-v': 'Folders of this machine (`-v`) are left out: a hosted server has a disk of its own, and it is empty.',
  '--volume': 'Folders of this machine (`--volume`) are left out: a hosted server has a disk of its own.',
  '--mount': 'Folders of this machine (`--mount`) are left out: a hosted server has a disk of its own.',
  '--env-file': 'The file named by `--env-file` is on your disk: put its variables below.',
  '-p': 'Ports (`-p`) are left out: only the gateway reaches a hosted server.',
  '--publish': 'Ports (`--publish`) are left out: only the gateway reaches a hosted server.',
  '--network': 'The network of `--network` is left out: name the hosts that the server needs below.',
  '--net': 'The network of `--net` is left out: name the hosts that the server needs below.',
  '--add-host': 'Host names set by `--add-host` are left out.',
  '--entrypoint': 'The other program that `--entrypoint` names is left out: the image is started as it is.',
  '-u': null,
  '--user': null,
  '-w': null,
  '--workdir': null,
  '-m': null,
  '--memory': null,
  '--cpus': null,
}

/** Reads what follows `docker run`. Null when it names no image. */
export function readDocker(words: readonly string[]): DockerRun | null {
  const env: Record<string, string> = {}
  const notes = new Set<string>()
  let at = 0
  while (at < words.length && (words[at] ?? '').startsWith('-')) {
    const [flag = '', ...joined] = (words[at] ?? '').split('=')
    const words_ = TAKES_A_WORD[flag]
    at += 1
    if (words_ === undefined) continue
    const value = joined.length > 0 ? joined.join('=') : (words[at] ?? '')
    if (joined.length === 0) at += 1
    if (flag === '-e' || flag === '--env') {
      const [name = '', ...rest] = value.split('=')
      env[name] = rest.join('=')
    }
    if (words_ !== null) notes.add(words_)
  }
  const image = ociRef(words[at] ?? '')
  if (image === null) return null
  return { image, args: words.slice(at + 1), env, notes: [...notes].map(warning) }
}

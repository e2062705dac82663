import { npmRef, pypiRef, type PackageRef } from './packageRef.ts'
import { eachOnce, pastedValues, type InputHint } from './pastedValue.ts'
import { readArgs } from './readArgs.ts'
import { readDocker } from './readDocker.ts'
import { readRemoteBridge } from './readRemoteBridge.ts'
import { inputRef, nameFrom, stop, warning, type DraftInput, type DraftNote, type HostedDraft } from './serverDraft.ts'
import type { PackageRegistry, ServerDraft } from './serverDraft.ts'
import { shellWords } from './shellWords.ts'

export interface CommandContext {
  readonly name?: string | undefined
  readonly env?: Readonly<Record<string, string>> | undefined
  readonly hints?: ReadonlyMap<string, InputHint> | undefined
}

/** A command that starts a server: `npx -y pkg`, `uvx pkg`, `docker run image`, with what is put around them. */
export function readCommand(words: readonly string[], context: CommandContext = {}): ServerDraft | null {
  const [, assignment] = /^([A-Za-z_]\w*)=/.exec(words[0] ?? '') ?? []
  if (assignment !== undefined) {
    const env = { ...context.env, [assignment]: (words[0] ?? '').slice(assignment.length + 1) }
    return readCommand(words.slice(1), { ...context, env })
  }
  const program = programName(words[0] ?? '')
  const rest = words.slice(1)
  switch (program) {
    case 'env':
    case 'sudo':
      return readCommand(rest, context)
    case 'cmd':
      return readCommand(rest.slice(/^\/[ck]$/i.test(rest[0] ?? '') ? 1 : 0), context)
    case 'sh':
    case 'bash':
    case 'zsh':
      return readCommand(shellWords(rest.at(-1) ?? '') ?? [], context)
    case 'npx':
    case 'bunx':
      return readRunner('npm', rest, context)
    case 'pnpm':
    case 'yarn':
    case 'npm':
    case 'bun':
      return /^(dlx|exec|x)$/.test(rest[0] ?? '')
        ? readRunner('npm', rest.slice(1), context)
        : ownProgram(words, context)
    case 'uvx':
      return readRunner('pypi', rest, context)
    case 'uv':
      return rest[0] === 'tool' && rest[1] === 'run'
        ? readRunner('pypi', rest.slice(2), context)
        : ownProgram(words, context)
    case 'pipx':
      return rest[0] === 'run' ? readRunner('pypi', rest.slice(1), context) : ownProgram(words, context)
    case 'python':
    case 'python3':
      return rest[0] === '-m' ? readModule(rest.slice(1), context) : ownProgram(words, context)
    case 'docker':
    case 'podman':
      return readImage(rest, context)
    case 'node':
    case 'deno':
    case 'java':
    case 'go':
    case 'dotnet':
    case 'dnx':
      return ownProgram(words, context)
    default:
      return /^[./~]|^[A-Z]:\\/i.test(words[0] ?? '') && rest.length >= 0 ? ownProgram(words, context) : null
  }
}

/** `npx` and its like: their own flags, the package, and what is the server's. */
function readRunner(registry: 'npm' | 'pypi', words: readonly string[], context: CommandContext): ServerDraft | null {
  let from: string | null = null
  let at = 0
  for (; (words[at] ?? '').startsWith('-'); at += 1) {
    const [flag = '', joined] = (words[at] ?? '').split(/=(.*)/s)
    if (flag === '--') continue
    if (!/^(-p|--package|--from|--python|--with|--registry|--index-url)$/.test(flag)) continue
    const value = joined ?? words[(at += 1)] ?? ''
    if (/^(-p|--package|--from)$/.test(flag)) from = value
  }
  const bin = words[at]
  if (bin === undefined) return null
  const args = words.slice(words[at + 1] === '--' ? at + 2 : at + 1)
  const bridged = readRemoteBridge((from ?? bin).replace(/@[\d.a-z-]+$/i, ''), args, context)
  if (bridged !== null) return bridged
  const ref = (registry === 'npm' ? npmRef : pypiRef)(from ?? bin)
  if (ref === null) {
    const words_ = `\`${from ?? bin}\` is in no package registry. Errand pins what it runs, so it needs a published package.`
    return refused(registry, from ?? bin, words_, context)
  }
  return hosted({ registry, ref, args, context, ...(from === null || bin === ref.name ? {} : { bin }) })
}

function readModule(words: readonly string[], context: CommandContext): ServerDraft {
  const name = (words[0] ?? '').replaceAll('_', '-').split('.')[0] ?? ''
  const guess = warning(
    `The package is taken to be called \`${name}\`, as its module is. Check that against its README.`,
  )
  return hosted({ registry: 'pypi', ref: { name, version: '' }, args: words.slice(1), context, notes: [guess] })
}

function readImage(words: readonly string[], context: CommandContext): ServerDraft | null {
  const run = readDocker(words.slice(words[0] === 'container' ? 2 : 1))
  if (run === null || !words.includes('run')) return null
  // `-e NAME` hands a variable over; what it holds stands beside the command.
  const env = { ...run.env, ...context.env }
  // As Docker has it.
  const image = run.image.version === '' ? { ...run.image, version: 'latest' } : run.image
  const isMoving = !image.version.startsWith('sha256:')
  const moving = warning(
    'A tag can be moved to other bytes. Errand pins the digest that it has when the server is added.',
  )
  const notes = isMoving ? [...run.notes, moving] : run.notes
  return hosted({ registry: 'oci', ref: image, args: run.args, context: { ...context, env }, notes })
}

interface Hosted {
  readonly registry: PackageRegistry
  readonly ref: PackageRef
  readonly bin?: string
  readonly args: readonly string[]
  readonly context: CommandContext
  readonly notes?: readonly DraftNote[]
}

function hosted({ registry, ref, bin, args, context, notes = [] }: Hosted): ServerDraft {
  const env = pastedValues(context.env ?? {}, context.hints)
  const read = readArgs(args)
  const version: readonly DraftInput[] = ref.version === '' ? [VERSION] : []
  const spec: HostedDraft = {
    type: 'hosted',
    package: {
      registry,
      name: ref.name,
      version: ref.version === '' ? inputRef(VERSION.id) : ref.version,
      ...(bin === undefined ? {} : { bin }),
    },
    args: read.args,
    env: env.templates,
    transport: 'stdio',
    hosts: [],
  }
  return {
    name: context.name ?? nameFromPackage(ref.name),
    spec,
    inputs: eachOnce([...version, ...env.inputs, ...read.inputs]),
    notes: [...notes, ...read.notes],
  }
}

export const VERSION: DraftInput = {
  id: 'version',
  label: 'Version',
  help: 'An exact one: the same bytes are run every time.',
  placeholder: '1.2.3',
  isRequired: true,
  isSecret: false,
}

function ownProgram(words: readonly string[], context: CommandContext): ServerDraft {
  const why =
    `\`${words.slice(0, 3).join(' ')}\` starts a program from your own disk. Errand runs published packages (npm, PyPI) ` +
    'and images; or start it yourself with an HTTP transport and add its address.'
  return refused('npm', words.at(-1) ?? 'server', why, context)
}

function refused(registry: PackageRegistry, name: string, why: string, context: CommandContext): ServerDraft {
  const draft = hosted({ registry, ref: { name, version: '' }, args: [], context, notes: [stop(why)] })
  return { ...draft, inputs: draft.inputs.filter((input) => input.id !== VERSION.id) }
}

const programName = (path: string): string =>
  (path.split(/[/\\]/).at(-1) ?? '').replace(/\.(exe|cmd)$/i, '').toLowerCase()

/** `@modelcontextprotocol/server-github` → `github`, `mcp-server-fetch` → `fetch`, `@playwright/mcp` → `playwright`. */
function nameFromPackage(name: string): string {
  const parts = name.replace(/\[.*\]$/, '').split('/')
  const own = bareName(parts.at(-1) ?? name)
  return nameFrom(own === '' ? bareName(parts.at(-2) ?? name) : own)
}

function bareName(part: string): string {
  return part
    .replace(/^@/, '')
    .replaceAll(/(^|[-_])(mcp|server)(?=$|[-_])/g, '')
    .replaceAll(/^[-_]+|[-_]+$/g, '')
}

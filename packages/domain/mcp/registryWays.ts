import type {
  RegistryArgument,
  RegistryPackage,
  RegistryServer,
  RegistryTransport,
  RegistryValue,
} from '@errand/contracts'
import { isSecretName } from './looksSecret.ts'
import { eachOnce } from './pastedValue.ts'
import { ociRef } from './packageRef.ts'
import { readUrl } from './readUrl.ts'
import {
  inputRef,
  nameFrom,
  stop,
  warning,
  type DraftInput,
  type DraftNote,
  type DraftOrigin,
  type HostedDraft,
  type ServerDraft,
} from './serverDraft.ts'

/**
 * The ways to use a server that a registry knows, the best first: at its publisher, then run here from a package. A way
 * that Errand does not know is in the list too and says so.
 */
export function waysOf(entry: RegistryServer, origin?: DraftOrigin): readonly ServerDraft[] {
  const about = {
    name: nameFrom(
      entry.name
        .split('/')
        .at(-1)
        ?.replaceAll(/(^|[-_])(mcp|server)(?=$|[-_])/g, '') ?? entry.name,
      'mcp',
    ),
    title: entry.title ?? entry.name,
    ...(entry.description === '' ? {} : { description: entry.description }),
    ...(origin === undefined ? {} : { origin }),
  }
  const remotes = entry.remotes.map((remote) => ({ ...remoteWay(remote), ...about }))
  const packages = entry.packages.map((each) => ({ ...packageWay(each, entry.version), ...about }))
  const isUsable = (way: ServerDraft) => !way.notes.some((each) => each.level === 'stop')
  return [...remotes, ...packages].toSorted((one, other) => Number(isUsable(other)) - Number(isUsable(one)))
}

type Way = Pick<ServerDraft, 'spec' | 'inputs' | 'notes'>

function remoteWay(remote: RegistryTransport): Way {
  const url = filledTemplate(remote.url ?? '', remote.variables)
  const headers = namedValues(remote.headers)
  // An address is judged without what stands for a value in it.
  const draft = readUrl((remote.url ?? '').replaceAll(/\{[^{}]+\}/g, 'x'))
  const secret = url.inputs.filter((input) => input.isSecret)
  return {
    spec: {
      type: 'remote',
      url: url.template,
      transport: remote.type === 'sse' ? 'sse' : 'streamable-http',
      headers: headers.templates,
      private: draft?.spec.type === 'remote' && draft.spec.private,
    },
    inputs: eachOnce([...url.inputs, ...headers.inputs]),
    notes: [
      ...(draft === null && !remote.url?.startsWith('{') ? [stop('The entry gives no address that can be read.')] : []),
      ...secret.map(({ label }) =>
        stop(`This way puts the secret \`${label}\` into the address, where it would be shown and logged.`),
      ),
    ],
  }
}

function packageWay(each: RegistryPackage, entryVersion: string): Way {
  const env = namedValues(each.environmentVariables)
  const args = each.packageArguments.map(argument)
  const listens = listensAt(each)
  const { ref, notes } = packageOf(each, entryVersion)
  const spec: HostedDraft = {
    type: 'hosted',
    package: { ...ref, ...(each.fileSha256 === undefined ? {} : { sha256: each.fileSha256 }) },
    args: args.map(({ words }) => words),
    env: env.templates,
    transport: each.transport.type,
    ...(each.transport.type === 'stdio' ? {} : { port: listens.port, path: listens.path }),
    hosts: [],
  }
  return {
    spec,
    inputs: eachOnce([...env.inputs, ...args.flatMap(({ inputs }) => inputs)]),
    notes: [...notes, ...args.flatMap((one) => one.notes), ...listens.notes],
  }
}

const OUR_PORT = 8000

/** `http://localhost:{port}/mcp`: the port stands there, or is the value of what it is named after. */
function listensAt({ transport, packageArguments, environmentVariables }: RegistryPackage): {
  readonly port: number
  readonly path: string
  readonly notes: readonly DraftNote[]
} {
  const [, said = '', path = '/'] = /:(\d+|\{[^{}]+\})(\/[^?#\s{}]*)?$/.exec(transport.url ?? '') ?? []
  const id = bare(said.replaceAll(/[{}]/g, ''))
  const values = [
    ...packageArguments.map(({ name, valueHint, ...one }) => ({ ...one, name: name ?? valueHint })),
    ...environmentVariables,
  ]
  const named = values.find(({ name = '' }) => bare(name) === id)
  const variable = Object.entries(transport.variables).find(([name]) => bare(name) === id)?.[1]
  const port = Number([said, variable?.default, named?.value, named?.default].find((one) => /^\d+$/.test(one ?? '')))
  if (port >= 1 && port <= 65_535) return { port, path, notes: [] }
  const guess = `The entry does not say where the server listens. It is told port ${OUR_PORT} in \`PORT\`; if it takes that otherwise, say so in its arguments.`
  return { port: OUR_PORT, path, notes: transport.type === 'stdio' ? [] : [warning(guess)] }
}

const bare = (name: string): string => name.replace(/^-+/, '').toLowerCase()

function packageOf(
  each: RegistryPackage,
  entryVersion: string,
): { readonly ref: HostedDraft['package']; readonly notes: readonly DraftNote[] } {
  const version = each.version ?? entryVersion
  switch (each.registryType) {
    case 'npm':
    case 'pypi':
      return { ref: { registry: each.registryType, name: each.identifier, version }, notes: runtimeNotes(each) }
    case 'oci': {
      const image = ociRef(each.identifier)
      const ref = { registry: 'oci' as const, name: image?.name ?? each.identifier, version: image?.version ?? version }
      return { ref: ref.version === '' ? { ...ref, version } : ref, notes: runtimeNotes(each) }
    }
    default:
      return {
        ref: { registry: 'npm', name: each.identifier, version },
        notes: [stop(`It is published as \`${each.registryType}\`. Errand runs npm and PyPI packages and images.`)],
      }
  }
}

/** Arguments of `docker run` or `npx` set up their own machine; here the sandbox does that. */
function runtimeNotes(each: RegistryPackage): readonly DraftNote[] {
  const words = each.runtimeArguments
    .flatMap((one) => one.name ?? one.value ?? [])
    .filter((one) => !/^-?-(y|yes|i|rm)$/.test(one))
  if (words.length === 0) return []
  return [warning(`What the entry passes to its launcher is left out: \`${words.join(' ')}\`.`)]
}

interface Template {
  readonly template: string
  readonly inputs: readonly DraftInput[]
}

function argument(
  each: RegistryArgument,
  index: number,
): { words: readonly string[]; inputs: readonly DraftInput[]; notes: readonly DraftNote[] } {
  const id = each.name ?? each.valueHint ?? `argument-${index + 1}`
  const { template, inputs } = valueOf({ ...each, name: id })
  const notes = inputs
    .filter((input) => input.isSecret)
    .map((input) => stop(`\`${input.label}\` is a secret on the command line, where other processes could read it.`))
  const isFlagAlone = each.type === 'named' && template === ''
  const words = each.type === 'named' ? [each.name ?? '', ...(isFlagAlone ? [] : [template])] : [template]
  return { words: words.filter((word) => word !== ''), inputs, notes }
}

function namedValues(values: readonly RegistryValue[]): {
  readonly templates: Readonly<Record<string, string>>
  readonly inputs: readonly DraftInput[]
} {
  const read = values.map((each) => ({ name: each.name, ...valueOf(each) }))
  return {
    templates: Object.fromEntries(read.map(({ name, template }) => [name, template])),
    inputs: read.flatMap(({ inputs }) => inputs),
  }
}

function valueOf(each: RegistryValue): Template {
  if (each.value !== undefined) return filledTemplate(each.value, each.variables, each)
  return { template: inputRef(each.name), inputs: [inputOf(each.name, each)] }
}

/** `{name}` of an entry as an input of ours. What names no variable is text. */
function filledTemplate(
  text: string,
  variables: RegistryTransport['variables'],
  around?: Pick<RegistryValue, 'isSecret' | 'isRequired'>,
): Template {
  const inputs: DraftInput[] = []
  const template = text.replaceAll(/\{([^{}]+)\}/g, (whole, id: string) => {
    const variable = variables[id] ?? (around === undefined ? { isRequired: true, isSecret: false } : null)
    if (variable === null) return whole
    const isSecret = variable.isSecret || around?.isSecret === true
    const isRequired = variable.isRequired || around?.isRequired === true
    inputs.push(inputOf(id, { ...variable, isSecret, isRequired }))
    return inputRef(id)
  })
  return { template, inputs }
}

function inputOf(id: string, each: Partial<Omit<RegistryValue, 'name' | 'variables'>>): DraftInput {
  return {
    id,
    label: id.replace(/^-+/, ''),
    isRequired: each.isRequired ?? false,
    // An entry that forgot to say so is not believed.
    isSecret: each.isSecret === true || (each.format === undefined && isSecretName(id)),
    ...(each.description === undefined ? {} : { help: each.description }),
    ...(each.default === undefined ? {} : { value: each.default }),
    ...(each.placeholder === undefined ? {} : { placeholder: each.placeholder }),
    ...(each.choices === undefined || each.choices.length === 0 ? {} : { choices: each.choices }),
    ...(each.format === undefined ? {} : { format: each.format }),
  }
}

import { readFile } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { parseDocument } from 'yaml'
import { connect } from '../connection/errand.ts'
import { explain } from '../connection/explain.ts'
import type { Cli } from '../context.ts'
import { CliError, EXIT, type ExitCode } from '../exit.ts'
import { splitDocuments, type YamlDocument } from '../format/documents.ts'
import { readAll } from '../secret.ts'

interface Prepared extends YamlDocument {
  readonly secret: string | null
}

/** Applies every document of a file in its order. Secret references are looked up on this machine, all of them first. */
export async function apply(this: Cli, flags: { file: string }): Promise<ExitCode> {
  const isStdin = flags.file === '-'
  const text = isStdin ? await readAll(this.stdin) : await readFile(flags.file, 'utf8')
  const folder = isStdin ? globalThis.process.cwd() : dirname(resolve(flags.file))
  const documents = await Promise.all(splitDocuments(text).map((document) => prepare(this, document, folder)))
  if (documents.length === 0) throw new CliError(EXIT.usage, `There is no document in ${flags.file}.`)
  const { api } = connect(this.config)
  for (const { source, line, secret } of documents) {
    try {
      const { kind, name, change, version } = await api.config.applyDocument.mutate(
        secret === null ? { source } : { source, secret },
      )
      this.out.print(`${kind} ${name} ${change}${change === 'unchanged' ? '' : ` (version ${version})`}`)
    } catch (error) {
      const { lines, exit } = explain(error, this.out.paint)
      this.out.say(
        ...lines,
        this.out.paint.dim(
          `  In the document that begins at line ${line} of ${flags.file}; those before it are applied.`,
        ),
      )
      return exit
    }
  }
  return EXIT.ok
}

async function prepare(cli: Cli, document: YamlDocument, folder: string): Promise<Prepared> {
  const reference = secretReference(document.source)
  if (reference === null) return { ...document, secret: null }
  return { ...document, secret: await resolveSecret(cli, reference, folder) }
}

type SecretReference = { readonly env: string } | { readonly file: string }

/** Only looks for the reference: whether the document fits is for the server to say, with line and name. */
function secretReference(source: string): SecretReference | null {
  const parsed = parseDocument(source, { logLevel: 'silent' })
  if (parsed.errors.length > 0) return null
  const [env, file] = [parsed.getIn(['spec', 'secret', 'env']), parsed.getIn(['spec', 'secret', 'file'])]
  if (typeof env === 'string') return { env }
  return typeof file === 'string' ? { file } : null
}

async function resolveSecret({ config }: Cli, reference: SecretReference, folder: string): Promise<string> {
  if ('file' in reference) return (await readFile(resolve(folder, reference.file), 'utf8')).replace(/\r?\n$/, '')
  const value = config.variable(reference.env)
  if (value !== null) return value
  throw new CliError(
    EXIT.usage,
    `The variable ${reference.env}, which a secret refers to, is not set.`,
    'Nothing was applied. Set it and apply again.',
  )
}

export async function exportYaml(
  this: Cli,
  flags: { kind: 'Agent' | 'Credential' | undefined; name: string | undefined },
): Promise<ExitCode> {
  const wanted = Object.fromEntries(Object.entries(flags).filter(([, value]) => value !== undefined))
  this.process.stdout.write(await connect(this.config).api.config.export.query(wanted))
  return EXIT.ok
}

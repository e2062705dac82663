import { eachOnce } from './pastedValue.ts'
import { isSecretName, isSecretValue } from './looksSecret.ts'
import { inputRef, stop, type DraftInput, type DraftNote } from './serverDraft.ts'

export interface ReadArgs {
  readonly args: readonly (readonly string[])[]
  readonly inputs: readonly DraftInput[]
  readonly notes: readonly DraftNote[]
}

/**
 * Reads the arguments of a server. What only stands for a value becomes an input. A secret is refused with words: the
 * list of processes shows every argument, and a server's configuration keeps it.
 */
export function readArgs(words: readonly string[]): ReadArgs {
  const inputs: DraftInput[] = []
  const notes: DraftNote[] = []
  const args = words.map((word, index) => {
    const before = words[index - 1] ?? ''
    const [, flag = '', value = ''] = /^(--?[\w-]+=)(.*)$/s.exec(word) ?? ['', '', word]
    const name = flag === '' ? (before.startsWith('-') ? before : '') : flag.slice(0, -1)
    const isSecret = isSecretValue(value) || (!word.startsWith('-') || flag !== '' ? isSecretName(bare(name)) : false)
    if (isSecret) {
      notes.push(secretNote(name === '' ? `Argument ${index + 1}` : `\`${name}\``))
      return [word]
    }
    const id = standsFor(value)
    if (id === null) return [word]
    inputs.push({ id, label: id, isRequired: true, isSecret: false, placeholder: value })
    return [`${flag}${inputRef(id)}`]
  })
  return { args, inputs: eachOnce(inputs), notes }
}

function secretNote(what: string): DraftNote {
  return stop(
    `${what} takes a secret on the command line, where every process beside the server could read it. ` +
      'Look in its README for a variable that takes the same value, and paste that form.',
  )
}

/** The id of what an argument stands for, or null when it is a value. */
function standsFor(value: string): string | null {
  const [, referred] = /^\$\{(?:(?:input|env):)?([\w.-]+)(?::-[^{}]*)?\}$/.exec(value) ?? []
  if (referred !== undefined) return referred
  const [, named] = /^[<[{]([^<>[\]{}"]+)[>\]}]$/.exec(value) ?? []
  if (named !== undefined) return named.trim().replaceAll(/\W+/g, '-').toLowerCase()
  if (/^\/?(path|full\/path|absolute\/path)\/to\b/i.test(value) || /^\/Users\/(username|you|user)\b/i.test(value))
    return 'path'
  return /^(your|my)[-_]\w/i.test(value) ? value.toLowerCase() : null
}

const bare = (flag: string): string => flag.replace(/^-+/, '')

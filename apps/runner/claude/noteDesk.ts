import { randomUUID } from 'node:crypto'
import type { Note, NoteReader } from '../talk/notes.ts'
import { noteLine, takeBackLine } from './command.ts'
import { type Json, textOf } from './json.ts'

interface Deps {
  /** Writes a line to the CLI. */
  readonly send: (line: string) => void
  readonly onDelivered: (noteId: string) => void
}

/**
 * Hands notes to the CLI, which keeps them until their time has come and says when the agent has been given one. Until
 * then they can be taken back.
 */
export class NoteDesk implements NoteReader {
  readonly #deps: Deps
  /** Messages that the CLI has and the agent has not, by their uuid. What a person added to an answer has no note's id. */
  readonly #handed = new Map<string, string | null>()

  constructor(deps: Deps) {
    this.#deps = deps
  }

  /** While there is one, the agent has another turn before it. */
  get isEmpty(): boolean {
    return this.#handed.size === 0
  }

  give({ id, text, when }: Note): void {
    this.#hand(id, text, when === 'after-step' ? 'next' : 'later')
  }

  /** Beside an answer. */
  tell(text: string): void {
    this.#hand(null, text, 'next')
  }

  takeBack(id: string): void {
    for (const [uuid, noteId] of this.#handed) if (noteId === id) this.#deps.send(takeBackLine(uuid))
  }

  /** Takes the CLI's news of a message. */
  takeLifecycle(line: Json): void {
    const uuid = textOf(line['command_uuid'])
    const noteId = uuid === undefined ? undefined : this.#handed.get(uuid)
    if (uuid === undefined || noteId === undefined || line['state'] === 'queued') return
    this.#handed.delete(uuid)
    if (noteId !== null && line['state'] === 'started') this.#deps.onDelivered(noteId)
  }

  #hand(id: string | null, text: string, priority: 'next' | 'later'): void {
    const uuid = randomUUID()
    this.#handed.set(uuid, id)
    this.#deps.send(noteLine(text, { uuid, priority }))
  }
}

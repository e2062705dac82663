import type { Child } from '../process/child.ts'
import type { LogFile } from '../process/logFile.ts'
import { permissionLine, refuseControlLine } from './command.ts'
import { type Json, objectOf, textOf } from './json.ts'
import { NoteDesk } from './noteDesk.ts'
import { Permissions } from './permissions.ts'

interface Deps {
  readonly child: Child
  readonly log: LogFile
  readonly onDelivered: (noteId: string) => void
  readonly permissions: Omit<ConstructorParameters<typeof Permissions>[0], 'tellAgent'>
}

/** The CLI's side channel: what it asks its host for, and what it says of the messages that it was handed. */
export class Control {
  readonly desk: NoteDesk
  readonly #child: Child
  readonly #log: LogFile
  readonly #questions: Deps['permissions']['questions']
  readonly #permissions: Permissions
  /** Questions that are open, by the CLI's number of its request. */
  readonly #asked = new Map<string, string>()

  constructor({ child, log, onDelivered, permissions }: Deps) {
    this.#child = child
    this.#log = log
    this.#questions = permissions.questions
    this.desk = new NoteDesk({ send: (line) => this.send(line), onDelivered })
    this.#permissions = new Permissions({ ...permissions, tellAgent: (text) => this.desk.tell(text) })
  }

  /** Writes a line to the CLI, and to the log beside what the CLI says. */
  send(line: string): void {
    this.#log.write(line)
    this.#child.stdin?.write(line)
  }

  /** Whether the line was one of these; others are the transcript's. */
  take(line: Json): boolean {
    const id = textOf(line['request_id'])
    switch (line['type']) {
      case 'control_request':
        if (id !== undefined) void this.#answer(id, objectOf(line['request']))
        return true
      case 'control_cancel_request':
        if (id !== undefined) this.#withdraw(id)
        return true
      case 'command_lifecycle':
        this.desk.takeLifecycle(line)
        return true
      case 'control_response':
        return true
      default:
        return false
    }
  }

  async #answer(id: string, request: Json): Promise<void> {
    const subtype = textOf(request['subtype']) ?? ''
    if (subtype !== 'can_use_tool') return this.send(refuseControlLine(id, subtype))
    // The row of the tool has the same id, so that a page can show the question there.
    const questionId = textOf(request['tool_use_id']) ?? id
    this.#asked.set(id, questionId)
    const permission = await this.#permissions.decide(request, questionId)
    if (this.#asked.delete(id)) this.send(permissionLine(id, permission))
  }

  #withdraw(id: string): void {
    const questionId = this.#asked.get(id)
    if (questionId !== undefined) this.#questions.withdraw(questionId)
    this.#asked.delete(id)
  }
}

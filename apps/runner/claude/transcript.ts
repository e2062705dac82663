import type { RunnerEvent } from '@errand/contracts'
import type { TextStream } from '../events/textStreams.ts'
import { type Json, listOf, numberOf, objectOf, textOf } from './json.ts'
import { noteOf } from './notes.ts'
import { StreamedBlocks } from './streamedBlocks.ts'
import { inputText, lineCounts, outputText, targetOf } from './tools.ts'

/** What the stream's events become. `append` is for running text, which is put together before it is sent. */
export interface TranscriptSink {
  emit(event: RunnerEvent): void
  append(stream: TextStream, text: string): void
}

interface OpenTool {
  readonly startedAt: number
}

/** Folds Claude Code's stream into the run's events. Types that it does not know are left alone. */
export class Transcript {
  /** The last `result`: the first is not always the end. */
  result: Json | null = null
  /** There was a result, and no further turn has begun. */
  isTurnOver = false
  /** Tasks that the CLI still runs in the background; while there are any, it does not exit. */
  backgroundTasks = 0
  /** How the CLI got on with each MCP server; empty until it has started. */
  servers: ReadonlyMap<string, string> = new Map()
  /** What the agent said last, outside of its sub-agents. */
  lastText = ''
  readonly #sink: TranscriptSink
  readonly #workspace: string
  readonly #now: () => number
  readonly #tools = new Map<string, OpenTool>()
  readonly #streamed = new StreamedBlocks()
  #isStarted = false

  constructor(deps: { sink: TranscriptSink; workspace: string; now: () => number }) {
    this.#sink = deps.sink
    this.#workspace = deps.workspace
    this.#now = deps.now
  }

  take(line: Json): void {
    const parent = textOf(line['parent_tool_use_id'])
    switch (line['type']) {
      case 'system':
        return this.#takeSystem(line)
      case 'stream_event':
        return this.#takePartial(objectOf(line['event']), parent)
      case 'assistant':
        return this.#takeAssistant(objectOf(line['message']), parent)
      case 'user':
        return this.#takeUser(line)
      case 'result':
        this.result = line
        this.isTurnOver = true
        return
      case 'rate_limit_event':
        return this.#takeNote(line)
    }
  }

  /** The CLI has said what it has. */
  get isStarted(): boolean {
    return this.#isStarted
  }

  /** Ends the rows of tools that never answered, because the agent was stopped in the middle. */
  closeTools(): void {
    for (const id of this.#tools.keys()) this.#finishTool(id, { ok: false })
  }

  #takeSystem(line: Json): void {
    switch (line['subtype']) {
      case 'init':
        return this.#start(line)
      case 'background_tasks_changed':
        this.backgroundTasks = listOf(line['tasks']).length
        return
      case 'api_retry':
        this.#sink.emit({
          type: 'model.retried',
          attempt: count(line['attempt']),
          max: count(line['max_retries']),
          delayMs: numberOf(line['retry_delay_ms']) ?? 0,
          status: numberOf(line['error_status']) ?? null,
          words: textOf(line['error']) ?? 'the model did not answer',
        })
        return
      default:
        return this.#takeNote(line)
    }
  }

  #start(line: Json): void {
    this.isTurnOver = false
    if (this.#isStarted) return
    this.#isStarted = true
    this.servers = new Map(
      listOf(line['mcp_servers'])
        .map(objectOf)
        .map((one) => [textOf(one['name']) ?? '', textOf(one['status']) ?? '']),
    )
    const [model, version, sessionId] = [
      textOf(line['model']),
      textOf(line['claude_code_version']),
      textOf(line['session_id']),
    ]
    this.#sink.emit({
      type: 'agent.started',
      ...(model === undefined ? {} : { model }),
      ...(version === undefined ? {} : { version }),
      ...(sessionId === undefined ? {} : { sessionId }),
      tools: listOf(line['tools']).filter((tool) => typeof tool === 'string'),
    })
  }

  #takeNote(line: Json): void {
    const note = noteOf(line)
    if (note !== null) this.#sink.emit({ type: 'note.raised', ...note })
  }

  #takePartial(event: Json, parent: string | undefined): void {
    const piece = this.#streamed.take(event, parent)
    if (piece === null) return
    this.#say(piece.kind, piece.text, parent)
  }

  #takeAssistant(message: Json, parent: string | undefined): void {
    // The CLI words API errors as if the model had said them; they are the run's outcome, not the agent's words.
    if (message['model'] === '<synthetic>') return
    const id = textOf(message['id']) ?? ''
    for (const block of listOf(message['content']).map(objectOf)) {
      const text = textOf(block['text']) ?? ''
      switch (block['type']) {
        case 'text':
          if (parent === undefined) this.lastText = text
          if (!this.#streamed.wasSaid(id, 'text')) this.#say('text', text, parent)
          break
        case 'thinking':
          if (!this.#streamed.wasSaid(id, 'thinking')) this.#say('thinking', textOf(block['thinking']) ?? '', parent)
          break
        case 'tool_use':
          this.#startTool(block, parent)
          break
      }
    }
  }

  #say(kind: 'text' | 'thinking', text: string, parent: string | undefined): void {
    this.#sink.append({ type: kind === 'text' ? 'text.appended' : 'thought.appended', ...parentField(parent) }, text)
  }

  #startTool(block: Json, parent: string | undefined): void {
    const id = textOf(block['id'])
    if (id === undefined || this.#tools.has(id)) return
    const tool = textOf(block['name']) ?? 'tool'
    const input = objectOf(block['input'])
    const shown = inputText(input)
    this.#tools.set(id, { startedAt: this.#now() })
    this.#sink.emit({
      type: 'tool.started',
      id,
      tool,
      target: targetOf(tool, input, this.#workspace),
      ...(shown === undefined ? {} : { input: shown }),
      ...parentField(parent),
    })
  }

  #takeUser(line: Json): void {
    for (const block of listOf(objectOf(line['message'])['content']).map(objectOf)) {
      const id = textOf(block['tool_use_id'])
      if (block['type'] !== 'tool_result' || id === undefined) continue
      const counts = lineCounts(objectOf(line['tool_use_result']))
      const output = outputText(block['content'])
      this.#finishTool(id, { ok: block['is_error'] !== true, ...(output === '' ? {} : { output }), ...counts })
    }
  }

  #finishTool(id: string, end: { ok: boolean; output?: string; added?: number; removed?: number }): void {
    const open = this.#tools.get(id)
    if (open === undefined) return
    this.#tools.delete(id)
    this.#sink.emit({ type: 'tool.finished', id, ms: this.#now() - open.startedAt, ...end })
  }
}

function parentField(parent: string | undefined): { parentId?: string } {
  return parent === undefined ? {} : { parentId: parent }
}

function count(value: unknown): number {
  return Math.max(0, Math.trunc(numberOf(value) ?? 0))
}

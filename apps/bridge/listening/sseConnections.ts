import type { BridgeDeps } from '../deps.ts'
import type { LineListener } from '../server/lines.ts'
import type { ServerEnd, ServerProcess } from '../server/serverProcess.ts'
import type { StartedServer, Starts } from '../server/starter.ts'
import { type ListeningServer, NotListening } from './listeningServer.ts'
import { SseConnection } from './sseConnection.ts'

/**
 * Conversations with a server that speaks HTTP+SSE of 2024-11-05: a stream of its own in the place of a process of its
 * own, so everything else is as with standard streams.
 */
export class SseConnections implements Starts {
  readonly #listening: ListeningServer
  readonly #path: string
  readonly #deps: BridgeDeps

  constructor(listening: ListeningServer, path: string, deps: BridgeDeps) {
    this.#listening = listening
    this.#path = path
    this.#deps = deps
  }

  start(listener: LineListener): StartedServer {
    let server: StartedServer | null = null
    let lastWords = ''
    const { promise: ended, resolve } = Promise.withResolvers<ServerEnd>()
    const connection = new SseConnection(
      { port: this.#listening.port, path: this.#path, startMs: this.#deps.limits.startMs },
      { listener, maxLineBytes: this.#deps.limits.lineBytes, onAnswered: () => server?.answered() },
    )
    const end = (words: string, isWanted: boolean): void => {
      connection.close()
      resolve({ words, isWanted })
    }
    this.#listening
      .ready()
      .then((found) => {
        server = found
        return connection.run(found)
      })
      .then(
        (words) => end(words, false),
        (error: unknown) => {
          if (error instanceof NotListening) lastWords = error.lastWords
          end(error instanceof NotListening ? error.words : String(error), false)
        },
      )
    const process: ServerProcess = {
      pid: 0,
      write: (line) => connection.write(line),
      pause: () => connection.pause(),
      resume: () => connection.resume(),
      ended,
      stop() {
        end('it was asked to', true)
        return ended
      },
    }
    const log: StartedServer['log'] = {
      said: (line) => server?.log.said(line),
      babbled: (what, text) => server?.log.babbled(what, text),
      get lastWords() {
        return server?.log.lastWords ?? lastWords
      },
    }
    return { process, log, answered: () => server?.answered() }
  }
}

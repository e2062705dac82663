import { Fault, type InputFile } from '@errand/contracts'
import { Readable } from 'node:stream'
import type { Actor } from '../authenticate.ts'

export type PutInput = (actor: Actor, input: { name: string; body: Readable }) => Promise<InputFile>

/** PUT /inputs?name=notes.md: the bytes are hashed while they stream in; the answer is what `runs.create` takes. */
export async function answerInput(request: Request, actor: Actor, put: PutInput): Promise<Response> {
  const name = new URL(request.url).searchParams.get('name') ?? ''
  if (name === '') throw new Fault('input.invalid', 'name: say what the file is called (?name=notes.md)')
  const body =
    request.body === null ? Readable.from([]) : Readable.fromWeb(request.body as Parameters<typeof Readable.fromWeb>[0])
  return Response.json(await put(actor, { name, body }))
}

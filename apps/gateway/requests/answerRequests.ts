import type { GatewayAnswer, GatewayRequest } from '@errand/engine'
import { answerGatewayRequest, readKnownPull, takeGatewayRequests } from '@errand/engine'
import { toFault } from '@errand/contracts'
import type { GatewayDeps } from '../deps.ts'
import { resolveImage } from '../hosted/images.ts'
import { newestVersion } from '../hosted/newestVersion.ts'
import { callMcpTool, testMcpServer } from '../mcp/testMcpServer.ts'
import { answerSignIn } from '../oauth/answerSignIn.ts'
import { lookAtPull } from '../pull/lookAtPull.ts'
import { openPull } from '../pull/openPull.ts'
import { searchRegistry } from '../registry/searchRegistry.ts'
import { testCredential } from './testCredential.ts'

const AT_ONCE = 8

export interface RequestLoop {
  close(): Promise<void>
}

/**
 * Performs what other processes ask of the gateway by a row in the database, as it alone can open a credential and
 * reach the repositories' folder. `hear` tells when there is one: that makes it quick; looking every few seconds makes it certain.
 */
export async function answerRequests(
  deps: GatewayDeps,
  hear: (wake: () => void) => Promise<() => void>,
): Promise<RequestLoop> {
  let isClosing = false
  let isWanted = false
  let looking: Promise<void> | null = null
  const under = new Set<Promise<void>>()

  const look = async () => {
    do {
      isWanted = false
      const requests = await takeGatewayRequests({ limit: AT_ONCE }, deps.engine)
      for (const request of requests) {
        const done = perform(request, deps).finally(() => under.delete(done))
        under.add(done)
      }
      if (requests.length === AT_ONCE) isWanted = true
    } while (isWanted && !isClosing)
  }
  const wake = () => {
    isWanted = true
    if (looking !== null || isClosing) return
    looking = look()
      .catch((error: unknown) =>
        deps.log.warn({ op: 'request.take', error }, 'requests could not be looked for; looking again soon'),
      )
      .finally(() => {
        looking = null
      })
  }
  const timer = setInterval(wake, deps.config.requestPollMs)
  const unhear = await hear(wake)
  wake()
  return {
    async close() {
      isClosing = true
      unhear()
      clearInterval(timer)
      await looking
      await Promise.allSettled(under)
    },
  }
}

async function perform({ id, orgId, body }: GatewayRequest, deps: GatewayDeps): Promise<void> {
  const startedAt = performance.now()
  const fields: Record<string, unknown> = { op: 'request.answered', requestId: id, orgId, kind: body.kind }
  try {
    const done = await outcome({ orgId, body }, deps)
    const ms = Math.round(performance.now() - startedAt)
    await answerGatewayRequest({ orgId, id, answer: { ...done, ms } }, deps.engine)
    deps.log.info({ ...fields, ok: done.ok, code: done.code, ms }, 'request answered')
  } catch (error) {
    deps.log.error({ ...fields, ok: false, error }, 'a request could not be answered')
  }
}

async function outcome(
  { orgId, body }: Pick<GatewayRequest, 'orgId' | 'body'>,
  deps: GatewayDeps,
): Promise<Omit<GatewayAnswer, 'ms'>> {
  try {
    switch (body.kind) {
      case 'credential.test':
        return await testCredential({ orgId, name: body.name }, deps)
      case 'repository.remove':
        await deps.removeRepository({ orgId, name: body.name })
        return { ok: true, words: 'The repository is gone.' }
      case 'pull.open':
        return { ok: true, words: 'It is there.', value: await openPull({ orgId, ask: body.ask }, deps) }
      case 'pull.look': {
        const pull = await readKnownPull({ orgId, id: body.id }, deps.engine)
        if (pull !== null) await lookAtPull(pull, deps)
        return { ok: true, words: 'It was looked at.', value: { id: body.id } }
      }
      case 'mcp.test':
        return await testMcpServer({ orgId, name: body.server }, deps)
      case 'mcp.call':
        return { ok: true, words: 'It answered.', value: await callMcpTool({ orgId, ...body }, deps) }
      case 'mcp.sign-in':
      case 'mcp.exchange':
      case 'mcp.sign-out':
        return await answerSignIn({ orgId, body }, deps)
      case 'repository.branches':
        return { ok: true, words: 'It answered.', value: await deps.branches.read({ orgId, ...body }) }
      case 'image.resolve': {
        const digest = await resolveImage({ orgId, package: body.package }, deps)
        return { ok: true, words: 'It answered.', value: { digest } }
      }
      case 'package.newest':
        return { ok: true, words: 'It answered.', value: { version: await newestVersion(body, deps) } }
      case 'registry.search':
        return { ok: true, words: 'It answered.', value: await searchRegistry({ orgId, text: body.text }, deps) }
    }
  } catch (error) {
    const fault = toFault(error)
    if (fault.code === 'internal.error') throw error
    return { ok: false, code: fault.code, words: fault.message, detail: fault.detail }
  }
}

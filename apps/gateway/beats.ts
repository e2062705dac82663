import { sayGatewayEnds, sayGatewayLives } from '@errand/engine'
import type { GatewayDeps } from './deps.ts'

const EVERY_MS = 5_000

/** Says again and again that this gateway is there, so that what one has left behind is known from what is under way. */
export async function beat(
  id: string,
  { engine, log }: Pick<GatewayDeps, 'engine' | 'log'>,
): Promise<{ close(): Promise<void> }> {
  const say = async (word: typeof sayGatewayLives) => {
    try {
      await word(id, engine)
    } catch (error) {
      log.warn({ op: 'gateway.beat', error }, 'a sign of life was not written; another follows')
    }
  }
  await say(sayGatewayLives)
  const timer = setInterval(() => void say(sayGatewayLives), EVERY_MS)
  timer.unref()
  return {
    close() {
      clearInterval(timer)
      return say(sayGatewayEnds)
    },
  }
}

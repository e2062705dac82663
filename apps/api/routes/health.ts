/** Each check resolves when its part answers and rejects when it does not. */
export type Checks = Readonly<Record<string, () => Promise<unknown>>>

const PATIENCE_MS = 2_000

/** GET /readyz: 200 when every part answers within two seconds, else 503; either way which part said what. */
export async function answerReady(checks: Checks): Promise<Response> {
  const answers = await Promise.all(
    Object.entries(checks).map(async ([name, check]) => [name, await isAnswering(check)] as const),
  )
  const isReady = answers.every(([, isFine]) => isFine)
  const parts = Object.fromEntries(answers.map(([name, isFine]) => [name, isFine ? 'ok' : 'does not answer']))
  return Response.json(
    { ready: isReady, parts },
    { status: isReady ? 200 : 503, headers: { 'cache-control': 'no-store' } },
  )
}

async function isAnswering(check: () => Promise<unknown>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined
  const tooLate = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), PATIENCE_MS)
  })
  // Why it failed is in that part's own log; whoever asks here learns only that it did.
  const answered = check().then(
    () => true,
    () => false,
  )
  return Promise.race([answered, tooLate]).finally(() => clearTimeout(timer))
}

import { join } from 'node:path'
import type { Person } from '../../e2e/harness/browser.ts'

/** Home and a finished run, as the tour left them. */
export async function takeScreens(
  { page, context }: Person,
  { folder, name }: { folder: string; name: (screen: string) => string },
): Promise<void> {
  await page.goto('/')
  const row = page.getByRole('link', { name: /^Fix the failing test/ }).first()
  await row.waitFor()
  await page.screenshot({ path: join(folder, name('home')) })
  await row.click()
  await page.getByRole('region', { name: 'Outcome' }).waitFor()
  await page.getByRole('link', { name: /^Changes/ }).click()
  await page.getByText('leapYear').first().waitFor()
  await page.screenshot({ path: join(folder, name('run')) })
  await context.close()
}

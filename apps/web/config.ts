/** Where the pages' server finds the api; set by whoever starts it. */
export function apiUrl(): string {
  return process.env['ERRAND_API_URL'] ?? 'http://127.0.0.1:8470'
}

import type { Page } from 'playwright-core'

/** A second of a moving square as a WebM film, in lines of base64: what the browser itself writes. */
export async function makeFilm(page: Page): Promise<string> {
  return page.evaluate<string>(FILM)
}

/** A small chart as a PNG, in lines of base64. */
export async function makePicture(page: Page): Promise<string> {
  return page.evaluate<string>(PICTURE)
}

const FILM = `new Promise((done) => {
  const canvas = Object.assign(document.createElement('canvas'), { width: 320, height: 180 })
  const pen = canvas.getContext('2d')
  const recorder = new MediaRecorder(canvas.captureStream(20), { mimeType: 'video/webm', videoBitsPerSecond: 60000 })
  const chunks = []
  let n = 0
  const timer = setInterval(() => {
    pen.fillStyle = '#0e6a3d'; pen.fillRect(0, 0, 320, 180)
    pen.fillStyle = '#fc9630'; pen.fillRect((n += 5), 60, 60, 60)
  }, 50)
  recorder.ondataavailable = ({ data }) => chunks.push(data)
  recorder.onstop = () => {
    clearInterval(timer)
    const reader = new FileReader()
    reader.onload = () => done(reader.result.split(',')[1].replace(/.{76}/g, '$&\\n'))
    reader.readAsDataURL(new Blob(chunks))
  }
  recorder.start()
  setTimeout(() => recorder.stop(), 1000)
})`

const PICTURE = `(() => {
  const canvas = Object.assign(document.createElement('canvas'), { width: 600, height: 300 })
  const pen = canvas.getContext('2d')
  pen.fillStyle = '#f0f4f3'; pen.fillRect(0, 0, 600, 300)
  pen.fillStyle = '#156198'
  for (let n = 0; n < 12; n += 1) pen.fillRect(20 + n * 48, 280 - n * 20, 30, n * 20)
  return canvas.toDataURL('image/png').split(',')[1].replace(/.{76}/g, '$&\\n')
})()`

// A team's own schema package as npm would leave it beside the data: a folder in node_modules, with @ledgerd/schema and zod
// of this checkout next to it. For suites that let the real daemon load, refuse and outgrow packages.
import fs from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

const packages = fileURLToPath(new URL('../../../packages', import.meta.url))
const zod = fs.realpathSync(fileURLToPath(new URL('../node_modules/zod', import.meta.url)))

/** Puts the package into `<folder>/node_modules`; a second time it replaces it. */
export function installPackage(folder: string, name: string, version: string, source: string): string {
  const modules = path.join(folder, 'node_modules')
  copyPackage('schema', modules)
  copyPackage('canonical', modules)
  link(zod, path.join(modules, 'zod'))
  const place = path.join(modules, name)
  fs.mkdirSync(place, { recursive: true })
  const manifest = { name, version, type: 'module', exports: './index.js' }
  fs.writeFileSync(path.join(place, 'package.json'), JSON.stringify(manifest))
  fs.writeFileSync(path.join(place, 'index.js'), source)
  return path.join(place, 'index.js')
}

/** The source of a schema for rooms: version 1 knows who knocks; `fields` adds to it, `next` is a second version. */
export function roomsSource({ version = '1.0.0', fields = '', next = '' } = {}): string {
  return `
import * as z from 'zod'
import { defineSchema, event, text } from '@ledgerd/schema'
const knocked = event(z.looseObject({ who: text()${fields} }))${next}
export default defineSchema({ name: '@team/rooms', version: '${version}', events: { 'door.knocked': knocked } })
`
}

/** Writes `ledgerd.json`. */
export function writeConfig(folder: string, config: unknown): void {
  fs.mkdirSync(folder, { recursive: true })
  fs.writeFileSync(path.join(folder, 'ledgerd.json'), JSON.stringify(config))
}

/** A copy of its own, as npm would install it: nothing the package throws or makes is of the daemon's own classes. */
function copyPackage(name: string, modules: string): void {
  const target = path.join(modules, '@ledgerd', name)
  if (fs.existsSync(target)) return
  fs.cpSync(path.join(packages, name, 'dist'), path.join(target, 'dist'), { recursive: true })
  fs.copyFileSync(path.join(packages, name, 'package.json'), path.join(target, 'package.json'))
}

function link(target: string, place: string): void {
  if (fs.existsSync(place)) return
  fs.mkdirSync(path.dirname(place), { recursive: true })
  fs.symlinkSync(target, place)
}

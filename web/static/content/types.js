// @ts-check
// The shapes that the server answers with, as far as the editor and the content list read them.

/**
 * @typedef {{id: number, name: string, handle: string}} PersonRef
 * @typedef {{allowed: boolean, reason?: string}} May
 * @typedef {{project_id: number, name: string, item_id: number}} Lock
 * @typedef {{project_id: number, name: string, item_id: number, version: number}} Holder
 *
 * @typedef {object} Version
 * @property {number} number
 * @property {string} state
 * @property {number|null} base the version that was live when this one was begun
 * @property {number} revision
 * @property {PersonRef|null} saved_by
 * @property {string} saved_at
 * @property {number|null} project_id
 * @property {number|null} item_id
 *
 * @typedef {object} Content
 * @property {number} id
 * @property {string} type
 * @property {number|null} parent_id
 * @property {string} language
 * @property {string} title
 * @property {string} slug
 * @property {string} path
 * @property {string} state
 * @property {Record<string, string>} [fields] left out of lists, and of events that are too long
 * @property {Version} version
 * @property {{number: number, published_at: string}|null} live
 * @property {Lock|null} [locked]
 * @property {Holder[]} [held_by]
 * @property {{edit: May}} [may]
 * @property {string} [topic]
 * @property {string} [position]
 *
 * @typedef {{name: string, label: string, kind: 'text'|'markdown', required: boolean, help: string, max: number}} FieldType
 * @typedef {{name: string, label: string, fields: FieldType[]}} ContentType
 *
 * @typedef {object} Item
 * @property {number} id
 * @property {number} project_id
 * @property {number} content_id
 * @property {string} language
 * @property {number} version
 * @property {string} state
 * @property {string} action
 * @property {string} title
 * @property {boolean} conflict
 * @property {number} comments
 * @property {number} revision
 * @property {string} [position]
 * @property {string} [topic]
 * @property {Record<string, May>} [may]
 *
 * @typedef {object} LiveEvent
 * @property {string} id
 * @property {string} topic
 * @property {string} type
 * @property {PersonRef|null} actor
 * @property {string} time
 * @property {any} data
 *
 * @typedef {object} Fault what a refused or unanswered request is told by
 * @property {number} [status]
 * @property {string} [code]
 * @property {string} [title]
 * @property {string} [detail]
 * @property {Record<string, string>} [fields]
 * @property {any} [current]
 * @property {string} [requestId]
 *
 * @typedef {{signal?: AbortSignal, query?: Record<string, any>, key?: string, revision?: number}} CallOptions
 * @typedef {object} Api
 * @property {(path: string, options?: CallOptions) => Promise<any>} get
 * @property {(path: string, body?: any, options?: CallOptions) => Promise<any>} post
 * @property {(path: string, body: any, options?: CallOptions) => Promise<any>} put
 *
 * @typedef {(topic: string, position: string, apply: (event: any) => void, resync: () => unknown) => () => void} Follow
 * @typedef {{getItem(key: string): string|null, setItem(key: string, value: string): void, removeItem(key: string): void}} Shelf
 */

export {};

// @ts-check
// The shapes that the server answers with, as far as the comments read them.

/**
 * @typedef {{id: number, name: string, handle: string}} PersonRef
 * @typedef {{allowed: boolean, reason?: string}} May
 *
 * @typedef {object} Comment
 * @property {number} id
 * @property {number} project_id
 * @property {number|null} item_id
 * @property {number|null} parent_id
 * @property {string} field
 * @property {string} quote
 * @property {string} body
 * @property {string} html
 * @property {PersonRef} author
 * @property {string|null} edited_at
 * @property {string|null} resolved_at
 * @property {PersonRef|null} resolved_by
 * @property {boolean} deleted
 * @property {string|null} client_key
 * @property {number} revision
 * @property {string} created_at
 *
 * @typedef {object} Row one comment as it is shown
 * @property {Comment} comment
 * @property {number} changedAt when somebody else changed it before my eyes; 0: never
 * @property {string} refused why my act on it did not work
 * @property {boolean} leaving it is being deleted
 *
 * @typedef {object} Unsent a comment of mine that the server has not acknowledged
 * @property {string} key
 * @property {number|null} parentId
 * @property {number|null} itemId
 * @property {string} body
 * @property {number} since
 * @property {'sending'|'failed'} status
 * @property {any} fault
 *
 * @typedef {object} LiveEvent
 * @property {string} id
 * @property {string} type
 * @property {PersonRef|null} actor
 * @property {any} data
 *
 * @typedef {object} Api
 * @property {(path: string, options?: any) => Promise<any>} get
 * @property {(path: string, body?: any, options?: any) => Promise<any>} post
 * @property {(path: string, body: any, options?: any) => Promise<any>} patch
 * @property {(path: string, options?: any) => Promise<any>} del
 *
 * @typedef {(topic: string, position: string|null, apply: (event: any) => void, resync: () => unknown) => () => void} Follow
 * @typedef {{getItem(key: string): string|null, setItem(key: string, value: string): void, removeItem(key: string): void}} Shelf
 * @typedef {import('../core/html.js').Signal<Row>} RowSignal
 */

export {};

// @ts-check
// The shapes that the server answers with, as far as projects read them.

/**
 * @typedef {{id: number, name: string, handle: string}} PersonRef
 * @typedef {{allowed: boolean, reason?: string}} May
 *
 * @typedef {object} Project
 * @property {number} id
 * @property {string} name
 * @property {string} description
 * @property {string|null} due_on
 * @property {import('../ui/state.js').ProjectStateName} state
 * @property {PersonRef} owner
 * @property {Record<string, number>} counts
 * @property {boolean} archived
 * @property {number} revision
 * @property {string} updated_at
 * @property {{active: boolean}} [my]
 * @property {Record<string, May>} [may]
 *
 * @typedef {object} Item
 * @property {number} id
 * @property {number} project_id
 * @property {number} content_id
 * @property {string} language
 * @property {number} version
 * @property {number} version_revision
 * @property {import('../ui/state.js').ItemStateName} state
 * @property {'publish'|'unpublish'} action
 * @property {number} order
 * @property {PersonRef|null} assignee
 * @property {string} title
 * @property {string} type
 * @property {boolean} locked
 * @property {boolean} conflict
 * @property {string[]} missing
 * @property {number} comments
 * @property {PersonRef} saved_by
 * @property {string} saved_at
 * @property {number} revision
 *
 * @typedef {object} Run
 * @property {number} id
 * @property {number} project_id
 * @property {string} mode
 * @property {'published'|'failed'} state
 * @property {string} started_at
 * @property {string|null} finished_at
 * @property {PersonRef} by
 * @property {{item_id: number, content_id: number, language: string, title: string, result: string, reason: string}[]} items
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
 *
 * @typedef {object} Deps
 * @property {Api} api
 * @property {Follow} follow
 * @property {() => number} me
 * @property {() => string} newKey
 * @property {() => number} [now]
 */

export {};

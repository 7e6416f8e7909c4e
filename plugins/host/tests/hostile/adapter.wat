;; The smallest adapter: it describes itself, takes any settings, and can do nothing else. It becomes a component
;; with the contract's types in `handmade.rs`, which puts hostile things in the places that are marked.
(module
  (;imports;)
  (memory (export "memory") 1)
  (;data;)
  (;items;)
  (global $heap (mut i32) (i32.const 16384))

  (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32)
    (local $block i32)
    (;realloc;)
    (local.set $block (i32.and (i32.add (global.get $heap) (i32.const 7)) (i32.const -8)))
    (global.set $heap (i32.add (local.get $block) (local.get 3)))
    (local.get $block))

  (func (export "yizhan:adapter/about@0.9.0#describe") (result i32)
    (;describe;)
    (i32.const 1024))
  ;; Nothing is wrong with any settings: a list of length 0.
  (func (export "yizhan:adapter/about@0.9.0#check-settings") (result i32)
    (i32.const 512))

  (func (export "yizhan:adapter/partner@0.9.0#start") (param i32) (result i32)
    (;start;)
    (unreachable))
  (func (export "yizhan:adapter/partner@0.9.0#resume") (param i32) (result i32)
    (unreachable))

  (func (export "yizhan:adapter/requester@0.9.0#accept") (param i32) (result i32)
    (unreachable))
  (func (export "yizhan:adapter/requester@0.9.0#accept-more") (param i32) (result i32)
    (unreachable))
  (func (export "yizhan:adapter/requester@0.9.0#reply") (param i32) (result i32)
    (unreachable))

  (func (export "yizhan:adapter/framing@0.9.0#classify") (param i32 i32) (result i32)
    (unreachable))
  (func (export "yizhan:adapter/framing@0.9.0#echo") (param i64) (result i32)
    (unreachable)))

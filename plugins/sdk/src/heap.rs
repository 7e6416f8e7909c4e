//! The guest's heap: a bump allocator over memory the module already has.
//!
//! An instance lives for one exchange, so almost nothing is worth freeing; and the default allocator grows the
//! memory at its first allocation, which costs the host a system call and page faults in every exchange. Only
//! the newest allocation can be given back or extended in place, which is what growing strings and vectors do.
#![allow(unsafe_code, reason = "a global allocator hands out raw memory")]

use core::alloc::{GlobalAlloc, Layout};
use core::arch::wasm32::{memory_grow, memory_size};
use core::cell::UnsafeCell;
use core::ptr::null_mut;

const PAGE_BYTES: usize = 64 * 1024;

#[global_allocator]
static HEAP: Heap = Heap(UnsafeCell::new(Bump { top: 0, end: 0 }));

unsafe extern "C" {
    /// Where the linker's own use of the memory ends: the stack and the data lie below.
    static __heap_base: u8;
}

struct Heap(UnsafeCell<Bump>);

// SAFETY: a component instance has one thread.
unsafe impl Sync for Heap {}

/// Free memory is `top .. end`; both are zero before the first allocation.
struct Bump {
    top: usize,
    end: usize,
}

impl Bump {
    fn allocate(&mut self, layout: Layout) -> *mut u8 {
        if self.end == 0 {
            self.top = &raw const __heap_base as usize;
            self.end = memory_size::<0>() * PAGE_BYTES;
        }
        let Some(start) = self.top.checked_next_multiple_of(layout.align()) else { return null_mut() };
        let Some(top) = start.checked_add(layout.size()) else { return null_mut() };
        if top <= self.end {
            self.top = top;
            return start as *mut u8;
        }
        self.grow(layout)
    }

    /// Goes on in new pages; what was left of the old ones is given up unless they lie side by side.
    fn grow(&mut self, layout: Layout) -> *mut u8 {
        let pages = (layout.size() + layout.align()).div_ceil(PAGE_BYTES);
        let previous = memory_grow::<0>(pages);
        if previous == usize::MAX {
            return null_mut();
        }
        let start = previous * PAGE_BYTES;
        if start != self.end {
            self.top = start;
        }
        self.end = start + pages * PAGE_BYTES;
        self.allocate(layout)
    }
}

// SAFETY: `Bump` hands out memory that is aligned as asked, inside the arena or grown pages, and never twice,
// except for the newest allocation after it was given back.
unsafe impl GlobalAlloc for Heap {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: one thread, and no allocation happens inside an allocation.
        unsafe { (*self.0.get()).allocate(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: as in `alloc`.
        let bump = unsafe { &mut *self.0.get() };
        if pointer as usize + layout.size() == bump.top {
            bump.top = pointer as usize;
        }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, new_size: usize) -> *mut u8 {
        // SAFETY: as in `alloc`.
        let bump = unsafe { &mut *self.0.get() };
        let start = pointer as usize;
        if start + layout.size() == bump.top && new_size <= bump.end - start {
            bump.top = start + new_size;
            return pointer;
        }
        if new_size <= layout.size() {
            return pointer;
        }
        // SAFETY: the caller keeps GlobalAlloc's promises about `layout` and `new_size`.
        let moved = bump.allocate(unsafe { Layout::from_size_align_unchecked(new_size, layout.align()) });
        if !moved.is_null() {
            // SAFETY: both blocks hold at least `layout.size()` bytes and do not overlap: `moved` is new.
            unsafe { core::ptr::copy_nonoverlapping(pointer, moved, layout.size()) };
        }
        moved
    }
}

//! A serializer into JavaScript values: the part of serde's model that the plugin's types use. `serde-wasm-bindgen` has all of it, and a
//! hash table of field names, for 3 KB more of the bundle.

use std::fmt;

use js_sys::{Array, Object, Reflect};
use serde::ser::{self, Impossible, Serialize, SerializeSeq, SerializeStruct, Serializer};
use wasm_bindgen::JsValue;

/// Makes plain objects and arrays. A missing value is null.
#[derive(Debug, Clone, Copy)]
pub struct ToJs;

/// The error for a value that the plugin's types do not contain.
#[derive(Debug)]
pub struct NotPlain;

impl fmt::Display for NotPlain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not plain data")
    }
}

impl std::error::Error for NotPlain {}

impl ser::Error for NotPlain {
    fn custom<T: fmt::Display>(_: T) -> Self {
        Self
    }
}

type Made = Result<JsValue, NotPlain>;
type Never = Impossible<JsValue, NotPlain>;

/// An object or an array under construction.
#[derive(Debug)]
pub struct Parts<Whole>(Whole);

impl SerializeStruct for Parts<Object> {
    type Ok = JsValue;
    type Error = NotPlain;

    fn serialize_field<T: Serialize + ?Sized>(
        &mut self,
        key: &'static str,
        value: &T,
    ) -> Result<(), NotPlain> {
        let value = value.serialize(ToJs)?;
        set(&self.0, key, &value);
        Ok(())
    }

    fn end(self) -> Made {
        Ok(self.0.into())
    }
}

impl SerializeSeq for Parts<Array> {
    type Ok = JsValue;
    type Error = NotPlain;

    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), NotPlain> {
        self.0.push(&value.serialize(ToJs)?);
        Ok(())
    }

    fn end(self) -> Made {
        Ok(self.0.into())
    }
}

fn set(object: &Object, key: &str, value: &JsValue) {
    // Setting a field of a new object cannot fail.
    let _ = Reflect::set(object, &key.into(), value);
}

/// Declares the kinds of values that the plugin's types do not contain.
macro_rules! unused {
    ($($name:ident($($Type:ty),*) -> $Result:ty;)*) => {
        $(fn $name(self, $(_: $Type),*) -> Result<$Result, NotPlain> {
            Err(NotPlain)
        })*
    };
}

impl Serializer for ToJs {
    type Ok = JsValue;
    type Error = NotPlain;
    type SerializeSeq = Parts<Array>;
    type SerializeTuple = Never;
    type SerializeTupleStruct = Never;
    type SerializeTupleVariant = Never;
    type SerializeMap = Never;
    type SerializeStruct = Parts<Object>;
    type SerializeStructVariant = Never;

    fn serialize_bool(self, value: bool) -> Made {
        Ok(value.into())
    }

    fn serialize_i32(self, value: i32) -> Made {
        Ok(value.into())
    }

    fn serialize_u16(self, value: u16) -> Made {
        Ok(value.into())
    }

    fn serialize_u32(self, value: u32) -> Made {
        Ok(value.into())
    }

    /// Takes counts, which are a `usize` in Rust.
    #[expect(clippy::cast_precision_loss, reason = "memory has fewer items")]
    fn serialize_u64(self, value: u64) -> Made {
        Ok((value as f64).into())
    }

    fn serialize_f64(self, value: f64) -> Made {
        Ok(value.into())
    }

    fn serialize_str(self, value: &str) -> Made {
        Ok(value.into())
    }

    fn serialize_none(self) -> Made {
        Ok(JsValue::NULL)
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Made {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Made {
        Ok(JsValue::NULL)
    }

    fn serialize_unit_variant(self, _: &'static str, _: u32, variant: &'static str) -> Made {
        Ok(variant.into())
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, _: &'static str, value: &T) -> Made {
        value.serialize(self)
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<Parts<Array>, NotPlain> {
        Ok(Parts(Array::new()))
    }

    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Parts<Object>, NotPlain> {
        Ok(Parts(Object::new()))
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: &T,
    ) -> Made {
        Err(NotPlain)
    }

    unused! {
        serialize_i8(i8) -> JsValue;
        serialize_i16(i16) -> JsValue;
        serialize_i64(i64) -> JsValue;
        serialize_u8(u8) -> JsValue;
        serialize_f32(f32) -> JsValue;
        serialize_char(char) -> JsValue;
        serialize_bytes(&[u8]) -> JsValue;
        serialize_unit_struct(&'static str) -> JsValue;
        serialize_tuple(usize) -> Never;
        serialize_tuple_struct(&'static str, usize) -> Never;
        serialize_tuple_variant(&'static str, u32, &'static str, usize) -> Never;
        serialize_map(Option<usize>) -> Never;
        serialize_struct_variant(&'static str, u32, &'static str, usize) -> Never;
    }
}

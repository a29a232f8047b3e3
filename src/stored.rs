//! Structs that are stored as JSON, each field declared once.
//!
//! The Functions write such a struct, and the plugin or the Functions read it. In between, other programs can damage it. So every
//! field may be missing, and a value that cannot be read counts as missing.
//!
//! The plugin reads without serde's `Deserialize`, which would cost too much of its Wasm.

/// A value that can be read from a `Source`: an object of JSON, on the Functions' side or on the plugin's.
pub trait ReadFrom<Source>: Sized {
    /// Reads the value under `key`. `None`: it is missing, or it cannot be read.
    fn read_from(source: &Source, key: &str) -> Option<Self>;
}

/// Declares a struct with its name on the wire for each field.
///
/// `Time` is milliseconds since 1970: `Millis` on the Functions' side, `f64` on the plugin's. Each `with part: Part` puts another such
/// struct into this one; all stand in the same object. A field that is `searched` is a text in which the search of the agent's
/// list looks.
macro_rules! stored {
    (
        $(#[$meta:meta])*
        pub struct $Name:ident<$Time:ident> $(with $(#[$part_doc:meta])* $part:ident: $Part:ident)* {
            $($(#[$doc:meta])* $field:ident: $Type:ident = $key:literal $($searched:ident)?,)*
        }
    ) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
        #[cfg_attr(all(feature = "plugin", target_arch = "wasm32"), derive(tsify::Tsify), tsify(missing_as_null))]
        pub struct $Name<$Time> {
            $(
                $(#[$part_doc])*
                #[cfg_attr(all(feature = "plugin", target_arch = "wasm32"), serde(flatten))]
                pub $part: $Part<$Time>,
            )*
            $(
                $(#[$doc])*
                #[cfg_attr(all(feature = "plugin", target_arch = "wasm32"), serde(rename = $key))]
                pub $field: Option<$Type>,
            )*
        }

        impl<$Time> $Name<$Time> {
            /// Reads the fields from an object.
            pub fn read<Source>(source: &Source) -> Self
            where
                $Time: $crate::stored::ReadFrom<Source>,
                String: $crate::stored::ReadFrom<Source>,
                u32: $crate::stored::ReadFrom<Source>,
            {
                Self {
                    $($part: $Part::read(source),)*
                    $($field: $crate::stored::ReadFrom::read_from(source, $key),)*
                }
            }

            /// Writes the fields into an object. A missing value is left out.
            #[cfg(feature = "functions")]
            pub fn write(&self, object: &mut $crate::attributes::Attributes)
            where
                $Time: serde::Serialize,
            {
                $(self.$part.write(object);)*
                $(if let Some(value) = &self.$field {
                    object.set($key, value);
                })*
            }

            /// Serializes the fields one beside the other. By hand, because serde's `flatten` makes a map of them.
            #[cfg(feature = "plugin")]
            fn serialize_fields<S: serde::ser::SerializeStruct>(&self, object: &mut S) -> Result<(), S::Error>
            where
                $Time: serde::Serialize,
            {
                $(self.$part.serialize_fields(object)?;)*
                $(object.serialize_field($key, &self.$field)?;)*
                Ok(())
            }

            /// Hands each text in which the search looks to `visit`.
            #[cfg(feature = "plugin")]
            #[allow(unused_variables, reason = "a struct may have no such field")]
            pub fn each_searched(&self, visit: &mut dyn FnMut(&str)) {
                $(self.$part.each_searched(visit);)*
                $($(if let Some(text) = stored!(@$searched self.$field) {
                    visit(text);
                })?)*
            }
        }

        #[cfg(feature = "plugin")]
        impl<$Time: serde::Serialize> serde::Serialize for $Name<$Time> {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                use serde::ser::SerializeStruct;

                let mut object = serializer.serialize_struct(stringify!($Name), [$($key),*].len())?;
                self.serialize_fields(&mut object)?;
                object.end()
            }
        }
    };
    (@searched $text:expr) => { $text.as_deref() };
}
pub(crate) use stored;
